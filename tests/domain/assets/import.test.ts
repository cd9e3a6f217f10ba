import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { amountOf, dayOf, statusOf, writtenAmount } from '../../../domain/assets/import-columns.ts'
import { readAssets } from '../../../domain/assets/import.ts'

const LOCATION = '11111111-1111-4111-8111-111111111111'
const known = {
  locationsByPath: new Map([
    ['acme / room 12', [LOCATION]],
    ['acme / store', ['a', 'b']],
  ]),
  serials: new Set(['sn-known']),
}
const errors = (text: string) =>
  readAssets(text, known).errors.map((e) => [e.line, e.column, e.code])

describe('a file of assets', () => {
  it('is read with English or French headings, and Europe’s days and amounts', () => {
    const { assets, errors: none } = readAssets(
      'Nom;Type;N° de série;État;Emplacement;Utilisateur;Date d’achat;Fin de garantie;Prix\nPortable;Laptop;SN1;en service;acme/Room 12;Anna@Client.example;24/11/2026;2028-11-24;1 249,50\n',
      known,
    )
    assert.deepEqual(none, [])
    assert.deepEqual(assets, [
      {
        line: 2,
        name: 'Portable',
        type: 'Laptop',
        serial: 'SN1',
        model: '',
        status: 'inUse',
        locationId: LOCATION,
        userEmail: 'anna@client.example',
        userName: '',
        purchasedOn: '2026-11-24',
        warrantyEnds: '2028-11-24',
        supplier: '',
        price: '1249.50',
        currency: 'EUR',
        notes: '',
      },
    ])
  })
  it('is read with German headings, days and amounts', () => {
    const {
      assets: [asset],
      errors: none,
    } = readAssets(
      'Bezeichnung;Typ;Seriennummer;Status;Benutzer;Kaufdatum;Garantie bis;Lieferant;Preis;Währung\nGerät;Laptop;SN1;auf Lager;jörg@client.example;31.12.2025 00:00;31.12.2028;Müller;"1.249,50 €";EUR\n',
      known,
    )
    assert.deepEqual(none, [])
    assert.deepEqual(
      [
        asset?.name,
        asset?.status,
        asset?.userEmail,
        asset?.purchasedOn,
        asset?.warrantyEnds,
        asset?.supplier,
        asset?.price,
      ],
      ['Gerät', 'inStock', 'jörg@client.example', '2025-12-31', '2028-12-31', 'Müller', '1249.50'],
    )
    assert.deepEqual(
      errors('Name,Type,Price,Currency\nA,B,5 €,USD\n'),
      [[2, 'Price', 'amount-invalid']],
      'two currencies',
    )
  })
  it('counts every error, and names the first 200', () => {
    const { errors: named, errorTotal } = readAssets(`Name,Type\n${'A,\n'.repeat(300)}`, known)
    assert.deepEqual([named.length, errorTotal], [200, 300])
  })
  it('names line and column of everything that is wrong', () => {
    assert.deepEqual(
      errors(
        'Name,Type,Serial,Status,Location,User,Price,Purchased on\n,Laptop,SN-KNOWN,broken,Moon,anna,1,30/02/2026\nB,Laptop,S2,,acme/store,,"1,249",\nC,Laptop,s2,,,,,\n',
      ),
      [
        [2, 'Name', 'value-missing'],
        [2, 'Serial', 'serial-known'],
        [2, 'User', 'email-invalid'],
        [2, 'Status', 'status-unknown'],
        [2, 'Location', 'location-unknown'],
        [2, 'Purchased on', 'date-invalid'],
        [3, 'Location', 'location-ambiguous'],
        [3, 'Price', 'amount-invalid'],
        [4, 'Serial', 'serial-twice'],
      ],
    )
  })
  it('needs its headings, each once', () => {
    assert.deepEqual(errors('Name,Colour,Nom\nA,red,b\n'), [
      [1, 'Colour', 'column-unknown'],
      [1, 'Nom', 'column-twice'],
      [1, 'type', 'column-missing'],
    ])
    assert.deepEqual(errors('Name,Type\n'), [[1, '', 'file-empty']])
    assert.deepEqual(errors('Name,Type\nA,B,C\n'), [[2, '3', 'field-without-column']])
  })
})

describe('a value of a file', () => {
  it('is a day of the calendar', () => {
    assert.deepEqual(['2026-2-3', '24.11.2026', '31/04/2026', '24/11/26', 'soon'].map(dayOf), [
      '2026-02-03',
      '2026-11-24',
      null,
      null,
      null,
    ])
  })
  it('is an exact amount, never one that could mean two', () => {
    assert.deepEqual(
      [
        '1249.00',
        "1'249.5",
        '1 249,50',
        '0012',
        '1.249,50',
        '12,345,678.9',
        '0.125',
        '1.249',
        '1,249',
        '1.2.3',
        '-5',
        'free',
      ].map(amountOf),
      [
        '1249.00',
        '1249.5',
        '1249.50',
        '12',
        '1249.50',
        '12345678.9',
        '0.125',
        null,
        null,
        null,
        null,
        null,
      ],
    )
    assert.deepEqual(
      ['1.249', '12.5', '7'].map((exact) => amountOf(writtenAmount(exact))),
      ['1.2490', '12.5', '7'],
    )
  })
  it('is a status in English, French or German', () => {
    assert.deepEqual(['In use', 'EN RÉPARATION', 'In Gebrauch', 'inStock', 'new'].map(statusOf), [
      'inUse',
      'inRepair',
      'inUse',
      'inStock',
      null,
    ])
  })
})
