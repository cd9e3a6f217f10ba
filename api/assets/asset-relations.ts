import type { Database } from '../../platform/postgres/database.ts'
import { authorisedAsset } from './asset-view.ts'
import { authorisedDocument } from './document-view.ts'
import { note } from './asset-history.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

/**
 * Links an asset and a document, or ends that; both histories say so, once.
 * @throws ProblemError 404
 */
export async function relateAssetAndDocument(
  root: Dependencies['db'],
  user: SignedInUser,
  assetId: string,
  documentId: string,
  linked: boolean,
): Promise<void> {
  await root.transaction().execute(async (db) => {
    const asset = await authorisedAsset(db, user, assetId)
    const document = await authorisedDocument(db, user, documentId)
    const link = { asset_id: asset.id, document_id: document.id }
    const changed = await (
      linked
        ? db
            .insertInto('asset_document')
            .values(link)
            .onConflict((conflict) => conflict.doNothing())
            .returning('asset_id')
        : db
            .deleteFrom('asset_document')
            .where((eb) => eb.and(link))
            .returning('asset_id')
    ).executeTakeFirst()
    if (!changed) return
    await noteRelation(db, user, { assetId: asset.id }, 'document', document.title, linked)
    await noteRelation(db, user, { documentId: document.id }, 'asset', asset.name, linked)
  })
}

/**
 * Links two documents, or ends that.
 * @throws ProblemError 404, 422
 */
export async function relateDocuments(
  root: Dependencies['db'],
  user: SignedInUser,
  id: string,
  otherId: string,
  linked: boolean,
): Promise<void> {
  await root.transaction().execute(async (db) => {
    const one = await authorisedDocument(db, user, id)
    if (id === otherId)
      throw unprocessable('link-to-itself', 'A document cannot be linked to itself.', '/documentId')
    const other = await authorisedDocument(db, user, otherId)
    const [smaller = '', greater = ''] = [one.id, other.id].sort()
    const link = { one_id: smaller, other_id: greater }
    const changed = await (
      linked
        ? db
            .insertInto('document_link')
            .values(link)
            .onConflict((conflict) => conflict.doNothing())
            .returning('one_id')
        : db
            .deleteFrom('document_link')
            .where((eb) => eb.and(link))
            .returning('one_id')
    ).executeTakeFirst()
    if (!changed) return
    await noteRelation(db, user, { documentId: one.id }, 'document', other.title, linked)
    await noteRelation(db, user, { documentId: other.id }, 'document', one.title, linked)
  })
}

const noteRelation = (
  db: Database,
  user: SignedInUser,
  subject: Parameters<typeof note>[2],
  field: 'asset' | 'document',
  name: string,
  linked: boolean,
): Promise<void> =>
  note(db, user, subject, [
    linked ? { change: 'linked', field, to: name } : { change: 'unlinked', field, from: name },
  ])
