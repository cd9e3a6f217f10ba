import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { csvLine, readCsv } from '../../domain/csv.ts'

const rows = (text: string) => readCsv(text).records.map((r) => r.fields)

describe('a CSV file (RFC 4180)', () => {
  it('has fields in quotes with separators, line ends and doubled quotes', () => {
    assert.deepEqual(rows('a,b\r\n"x, y","say ""no""\nplease"\r\n'), [
      ['a', 'b'],
      ['x, y', 'say "no"\nplease'],
    ])
  })
  it('may be written with semicolons, a byte order mark and any line end', () => {
    assert.deepEqual(rows('\uFEFFa;b\r1,5;2\n3;4'), [
      ['a', 'b'],
      ['1,5', '2'],
      ['3', '4'],
    ])
  })
  it('may be parted by tabs, or say its separator in a first line', () => {
    assert.deepEqual(rows('a\tb\n1,5\tx;y;z'), [
      ['a', 'b'],
      ['1,5', 'x;y;z'],
    ])
    assert.deepEqual(readCsv('sep=;\r\na;b,c\r\n1;2').records, [
      { line: 2, fields: ['a', 'b,c'] },
      { line: 3, fields: ['1', '2'] },
    ])
  })
  it('keeps empty fields, and passes over lines without text', () => {
    assert.deepEqual(rows('a,b,c\n,,x\n\n,,\ny,,'), [
      ['a', 'b', 'c'],
      ['', '', 'x'],
      ['y', '', ''],
    ])
  })
  it('counts the lines of the file, not its records', () => {
    assert.deepEqual(
      readCsv('a\n"1\n2"\nb').records.map((r) => r.line),
      [1, 2, 4],
    )
  })
  it('says where a quote is not closed, or text follows one', () => {
    assert.deepEqual(readCsv('a,b\n1,"2\n').problem, {
      line: 2,
      column: 2,
      code: 'quote-not-closed',
    })
    assert.deepEqual(readCsv('a,b\n"1"x,2\n').problem, {
      line: 2,
      column: 1,
      code: 'text-after-quote',
    })
    assert.deepEqual(readCsv('""').records, [])
  })
  it('is written so that it reads back the same, and no spreadsheet takes a field for a formula', () => {
    assert.deepEqual(rows(csvLine(['a "b"', 'c,d', 'e\nf', ''])), [['a "b"', 'c,d', 'e\nf', '']])
  })
  it('has no cell that a spreadsheet takes for a formula; numbers stay numbers', () => {
    assert.equal(
      csvLine(['=1+1', '+49 30', '-x', '@x', '\tx', '＝1+1']),
      `'=1+1,'+49 30,'-x,'@x,'\tx,'＝1+1\r\n`,
    )
    assert.equal(
      csvLine(['\r=1', '=HYPERLINK("http://x";"y")']),
      `"'\r=1","'=HYPERLINK(""http://x"";""y"")"\r\n`,
    )
    assert.equal(csvLine([-5, '-5', 1.5, null, '', 'a;=1']), `-5,'-5,1.5,,,"a;=1"\r\n`)
  })
})
