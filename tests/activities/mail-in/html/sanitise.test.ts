import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sanitiseHtml } from '../../../../activities/mail-in/html/sanitise.ts'

describe('HTML from outside', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa&#09;ScRiPt:alert(1)">x</a>',
    '<iframe src="https://e.example">',
    '<object data="x"></object>',
    '<embed src=x>',
    '<form action="https://e.example"><input><button formaction="javascript:alert(1)">x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://e.example">',
    '<base href="https://e.example/">',
    '<link rel=stylesheet href="https://e.example/a.css">',
    '<style>@import "https://e.example/a.css";</style>',
    '<div style="background:url(https://e.example/x.png)">x</div>',
    '<div style="position:fixed;top:0">x</div>',
    '<div style="width: expression(alert(1))">x</div>',
    '<div style="-moz-binding:url(x)">x</div>',
    '<div style="color:red;/**/position:absolute">x</div>',
    '<div style="background:\\75rl(https://e.example)">x</div>',
    '<img src="data:text/html,<script>alert(1)</script>">',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<a href="data:text/html,x">x</a>',
    '<a href="vbscript:x">x</a>',
    '<img srcset="https://e.example/x.png 2x">',
    '<td background="https://e.example/x.png">x</td>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<textarea></textarea><script>alert(1)</script>',
    '<!--><img src=x onerror=alert(1)>-->',
    '<xmp><script>alert(1)</script></xmp>',
    '<template><script>alert(1)</script></template>',
    '<details open ontoggle=alert(1)>',
    '<video src="https://e.example/v.mp4" autoplay></video>',
    '<audio src=x onerror=alert(1)>',
    '<body onload=alert(1)>',
    '<div id="x" class="y" contenteditable>z</div>',
    '<a href="//e.example" ping="https://e.example">x</a>',
    '<blockquote type=cite onclick=alert(1)>x</blockquote><p>y</p>',
  ]
  for (const attack of attacks) {
    it(`is harmless: ${attack.slice(0, 70)}`, () => {
      for (const html of [attack, `<p>hello</p><blockquote type="cite">${attack}</blockquote>`]) {
        const safe = sanitiseHtml(html)
        assert.doesNotMatch(
          safe,
          /<(?:script|style|iframe|object|embed|form|input|button|meta|base|link|svg|math|video|audio|template|noscript|xmp|textarea)/i,
        )
        for (const tag of safe.match(/<[^>]*>/g) ?? []) {
          assert.doesNotMatch(
            tag,
            /\son\w+\s*=|javascript:|vbscript:|expression|url\(|position\s*:|srcset|\sid=|class=|ping=|background="|contenteditable/i,
            tag,
          )
          assert.doesNotMatch(
            tag,
            /(?:\s|")src="(?!cid:|data:image\/(?:png|jpeg|gif|webp|bmp))/i,
            tag,
          )
        }
      }
    })
  }
  it('keeps tables, styles, lists and text', () => {
    const html =
      '<table width="100%" cellpadding="2"><tr><td colspan="2" align="right" style="color: #333; padding: 2px">x</td></tr></table><ul><li>y</li></ul><p dir="rtl">z</p>'
    assert.equal(sanitiseHtml(html), html)
  })
  it('keeps the text of what it removes', () =>
    assert.match(
      sanitiseHtml('<form>words <label>more</label></form><o:p>word</o:p><custom>last</custom>'),
      /words more<?.*word.*last/,
    ))
  it('opens links outside, without telling where from', () => {
    assert.equal(
      sanitiseHtml('<a href="https://x.example" target="_top" rel="opener">x</a>'),
      '<a href="https://x.example" target="_blank" rel="noopener noreferrer nofollow">x</a>',
    )
    assert.match(sanitiseHtml('<a href="mailto:a@x.example">x</a>'), /href="mailto:a@x\.example"/)
    assert.match(sanitiseHtml('<a href="//x.example/a">x</a>'), /href="https:\/\/x\.example\/a"/)
    for (const href of [
      '/api/v1/session',
      '#top',
      '?a=b',
      'page.html',
      '&#xa0;javascript:alert(1)',
      '&#x3000;javascript:alert(1)',
    ])
      assert.doesNotMatch(sanitiseHtml(`<a href="${href}">x</a>`), /href/, href)
  })
  it('shows inline images, and keeps remote ones until asked for', () => {
    assert.equal(sanitiseHtml('<img src="cid:a@b" alt="x">'), '<img alt="x" src="cid:a@b" />')
    assert.equal(
      sanitiseHtml('<img src="https://t.example/p.gif">'),
      '<img data-remote-src="https://t.example/p.gif" />',
    )
    assert.equal(
      sanitiseHtml('<img src="//t.example/p.gif">'),
      '<img data-remote-src="https://t.example/p.gif" />',
    )
    assert.equal(sanitiseHtml('<img data-remote-src="javascript:x">'), '<img />')
    assert.match(
      sanitiseHtml('<img src="data:image/png;base64,AAAA">'),
      /src="data:image\/png;base64,AAAA"/,
    )
  })
})

describe('quotations in HTML are folded, not removed', () => {
  const folded: [string, string][] = [
    [
      'Gmail',
      '<div dir="ltr">new</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, IT wrote:<br></div><blockquote class="gmail_quote">old</blockquote></div>',
    ],
    [
      'Apple Mail',
      '<body>new<br><blockquote type="cite"><div>On 14 May 2024, at 10:58, IT &lt;it@x.example&gt; wrote:</div><div>old</div></blockquote></body>',
    ],
    [
      'Thunderbird',
      '<p>new</p><div class="moz-cite-prefix">Am 14.05.24 um 10:58 schrieb IT:<br></div><blockquote type="cite" cite="mid:x@y">old</blockquote>',
    ],
    [
      'Outlook on the web',
      '<div>new</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> IT<br><b>Sent:</b> Tuesday</font></div><div>old</div>',
    ],
    [
      'Outlook',
      '<div class="WordSection1"><p>new</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b> IT &lt;it@x.example&gt;<br><b>Sent:</b> Tuesday, May 14, 2024</p></div></div><p>old</p></div>',
    ],
    [
      'Yahoo',
      '<div>new</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Tuesday IT wrote:</div>old</div>',
    ],
    [
      'Mail.ru and others without a mark',
      '<p>new</p><br>Thu, 26 Jun 2014 14:00:51 +0400 от IT &lt;it@x.example&gt;:<br><blockquote style="border-left:1px solid">old</blockquote>',
    ],
    [
      'Windows Mail, whose block has no mark',
      '<div><div>new</div><div><br></div><div style="padding-top: 5px"><div><b>От:</b>&nbsp;<a href="mailto:it@x.example">IT</a><br><b>Отправлено:</b>&nbsp;‎четверг 10:58<br><b>Кому:</b>&nbsp;Anna<br></div></div><div>old</div></div>',
    ],
    [
      'Outlook 2003, a paragraph for each line',
      '<div><p>new</p><div align="center"><hr size="3" tabindex="-1"></div><p><b>From:</b> IT</p><p><b>Sent:</b> Friday</p><p><b>To:</b> Anna</p><p><b>Subject:</b> x</p><p>old</p></div>',
    ],
    [
      'Proton',
      '<div>new</div><div class="protonmail_quote">On Tuesday IT wrote:<br><blockquote class="protonmail_quote" type="cite">old</blockquote></div>',
    ],
  ]
  for (const [client, html] of folded) {
    it(client, () => {
      const safe = sanitiseHtml(html)
      const [before = '', inside = ''] = safe.split('<details data-quote><summary></summary>')
      assert.match(before, /new/)
      assert.doesNotMatch(before, /old|wrote|schrieb|From:/)
      assert.match(inside, /old[\s\S]*<\/details>/)
    })
  }
  it('below an answer as well as above it', () => {
    const safe = sanitiseHtml('<blockquote type="cite">old</blockquote><p>new</p>')
    assert.match(
      safe,
      /<details data-quote><summary><\/summary><blockquote>old<\/blockquote><\/details><p>new<\/p>/,
    )
  })
  it('below a paragraph that holds both the answer and the attribution', () => {
    const safe = sanitiseHtml(
      '<p>new<br>26.06.2014, 14:41, "IT" &lt;it@x.example&gt;:</p><blockquote>old</blockquote>',
    )
    assert.match(
      safe,
      /^<p>new<br \/>26\.06.*<\/p><details data-quote><summary><\/summary><blockquote>old<\/blockquote><\/details>$/,
    )
  })
  it('but not between answers', () => {
    const safe = sanitiseHtml(
      '<blockquote type="cite">q1</blockquote><p>a1</p><blockquote type="cite">q2</blockquote><p>a2</p>',
    )
    assert.doesNotMatch(safe, /<details/)
  })
  it('nor where nothing else would be left', () =>
    assert.doesNotMatch(sanitiseHtml('<blockquote type="cite">all</blockquote>'), /<details/))
  it('nor when asked not to', () =>
    assert.doesNotMatch(
      sanitiseHtml('<p>new</p><blockquote type="cite">old</blockquote>', { fold: false }),
      /<details/,
    ))
  it('nor where the mail only pretends to be ours', () =>
    assert.equal(
      sanitiseHtml('<p>a</p><details data-quote><summary>x</summary>b</details>'),
      '<p>a</p><details><summary>x</summary>b</details>',
    ))
  it('signatures have their own fold', () => {
    for (const signature of [
      '<div class="gmail_signature">Anna</div>',
      '<pre class="moz-signature">-- \nAnna</pre>',
      '<div id="Signature">Anna</div>',
      '<br>-- <br>Anna<br>Kunde GmbH',
    ]) {
      const safe = sanitiseHtml(`<div>new${signature}</div>`)
      assert.match(
        safe,
        /new[\s\S]*<details data-signature><summary><\/summary>[\s\S]*Anna/,
        signature,
      )
    }
  })
})
