import type pg from 'pg'
import { authorisedAsset } from './asset-view.ts'
import { authorisedDocument } from './document-view.ts'
import { note } from './asset-history.ts'
import { unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

/**
 * Links an asset and a document, or ends that; both histories say so, once.
 * @throws ProblemError 404
 */
export async function relateAssetAndDocument(
  client: Db,
  user: SignedInUser,
  assetId: string,
  documentId: string,
  linked: boolean,
): Promise<void> {
  const asset = await authorisedAsset(client, user, assetId)
  const document = await authorisedDocument(client, user, documentId)
  const { rowCount } = await client.query(
    linked
      ? 'INSERT INTO asset_document (asset_id, document_id) VALUES ($1, $2) ON CONFLICT DO NOTHING'
      : 'DELETE FROM asset_document WHERE asset_id = $1 AND document_id = $2',
    [asset.id, document.id],
  )
  if (!rowCount) return
  await noteRelation(client, user, { assetId: asset.id }, 'document', document.title, linked)
  await noteRelation(client, user, { documentId: document.id }, 'asset', asset.name, linked)
}

/**
 * Links two documents, or ends that.
 * @throws ProblemError 404, 422
 */
export async function relateDocuments(
  client: Db,
  user: SignedInUser,
  id: string,
  otherId: string,
  linked: boolean,
): Promise<void> {
  const one = await authorisedDocument(client, user, id)
  if (id === otherId)
    throw unprocessable('link-to-itself', 'A document cannot be linked to itself.', '/documentId')
  const other = await authorisedDocument(client, user, otherId)
  const { rowCount } = await client.query(
    linked
      ? 'INSERT INTO document_link (one_id, other_id) VALUES (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid)) ON CONFLICT DO NOTHING'
      : 'DELETE FROM document_link WHERE one_id = least($1::uuid, $2::uuid) AND other_id = greatest($1::uuid, $2::uuid)',
    [one.id, other.id],
  )
  if (!rowCount) return
  await noteRelation(client, user, { documentId: one.id }, 'document', other.title, linked)
  await noteRelation(client, user, { documentId: other.id }, 'document', one.title, linked)
}

const noteRelation = (
  client: Db,
  user: SignedInUser,
  subject: Parameters<typeof note>[2],
  field: 'asset' | 'document',
  name: string,
  linked: boolean,
): Promise<void> =>
  note(client, user, subject, [
    linked ? { change: 'linked', field, to: name } : { change: 'unlinked', field, from: name },
  ])
