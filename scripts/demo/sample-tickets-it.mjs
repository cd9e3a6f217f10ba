/** @type {import('./sample-tickets.mjs').Sample[]} */
export const it = [
  {
    from: 'anna',
    to: 'it',
    hoursAgo: 2,
    subject: 'Printer on the 3rd floor jams on every page',
    text: 'Hello,\n\nthe printer next to room 3.12 jams on every page since this morning. We have switched it off and on, no change. We need it for the board papers at 2 pm.\n\nThank you\nAnna',
    steps: [
      { take: 'sam' },
      { set: { priority: 'high', category: 'Hardware' } },
      {
        reply:
          'Hello Anna,\n\nI am on my way with a new roller. Until then the printer in 2.04 takes your jobs: it is called "MER-2-04".',
        by: 'sam',
        status: 'open',
      },
      { answer: 'Thank you Sam, 2.04 works. The board papers are safe!' },
    ],
  },
  {
    from: 'tomas',
    to: 'it',
    hoursAgo: 26,
    subject: 'VPN disconnects every ten minutes',
    text: 'Since the update on Monday the VPN drops every ten minutes or so when I work from home. I have to sign in again each time.\n\nClient version 5.2.1, Windows 11.\n\nTomáš',
    steps: [
      { take: 'nora' },
      { set: { category: 'Network and VPN' } },
      {
        reply:
          'Hello Tomáš,\n\ncould you tell me whether it also happens on another network, for example with your phone as a hotspot? That would rule out your router.',
        by: 'nora',
        status: 'waiting',
      },
      { answer: 'With the phone it stays connected. So it is my router?' },
      { note: 'Third one with the FB-7590 router this week. MTU?', by: 'nora' },
      {
        reply:
          'Most likely its new firmware. Please set "MTU" to 1400 in the VPN client under Advanced; that has helped two colleagues this week.',
        by: 'nora',
        status: 'waiting',
      },
    ],
  },
  {
    from: 'lucia',
    to: 'it',
    hoursAgo: 5,
    subject: 'Laptop for our new colleague on 1 December',
    text: "Hi all,\n\nHana Sato's team gets a new colleague on 1 December (Yuki Mori, design). Could you prepare a laptop with the Adobe package and a second screen?\n\nBest\nLucia",
    steps: [
      { take: 'sam' },
      { set: { category: 'Hardware' } },
      {
        note: 'One 16" left in stock, reserved. Adobe licence: ask Grace for approval.',
        by: 'sam',
      },
    ],
  },
  {
    from: 'ben',
    to: 'it',
    hoursAgo: 1,
    subject: 'Locked out of my account',
    text: 'I typed my password wrong too often and now I am locked out. I am writing from my phone. Can you help quickly? Customer call at 11.',
    steps: [{ set: { priority: 'urgent', category: 'Access and passwords' } }],
  },
  {
    from: 'marie',
    to: 'it',
    hoursAgo: 30,
    subject: 'Problème d’affichage dans le tableau des congés',
    text: 'Bonjour,\n\ndepuis hier, le tableau des congés s’affiche en anglais et les dates sont inversées (mois/jour). Est-ce voulu ?\n\nMerci d’avance\nMarie',
    steps: [
      { take: 'nora' },
      { set: { category: 'Software', priority: 'low' } },
      {
        reply:
          'Bonjour Marie,\n\nnon, ce n’est pas voulu : une mise à jour a remis la langue par défaut. Dans votre profil, choisissez « Français » puis rechargez la page. Est-ce que cela suffit ?',
        by: 'nora',
        status: 'waiting',
      },
      { answer: 'Oui, tout est revenu. Merci beaucoup !' },
      { set: { status: 'solved', resolution: 'answered' } },
    ],
  },
  {
    from: 'jonas',
    to: 'it',
    hoursAgo: 50,
    subject: 'Shared calendar does not show on the phone',
    text: 'The team calendar "Projects North" is on my laptop but not on my phone. Other calendars are there.\n\nJonas',
    steps: [
      { take: 'nora' },
      { set: { category: 'E-mail' } },
      {
        reply:
          'Hello Jonas,\n\nopen the calendar on the web, right-click "Projects North", Share, and choose "Show on mobile devices". It appears within an hour.',
        by: 'nora',
        status: 'waiting',
      },
    ],
  },
  {
    from: 'priya',
    to: 'it',
    hoursAgo: 75,
    subject: 'Access to the reporting database',
    text: 'Hello,\n\nfor the quarterly report I need read access to the reporting database, as Oliver has it. My manager is Emma Lindqvist.\n\nPriya',
    steps: [
      { take: 'sam' },
      { set: { category: 'Access and passwords' } },
      {
        reply:
          'Hello Priya,\n\nread access needs a yes from Emma. I have asked her; you will hear from me as soon as it is there.',
        by: 'sam',
        status: 'waiting',
      },
      { answer: 'Emma says yes, she is out of office until Friday but told me to forward this.' },
      {
        reply: 'You have access now. The connection is in the wiki under "Reporting, first steps".',
        by: 'sam',
        status: 'solved',
      },
    ],
  },
  {
    from: 'carlos',
    to: 'it',
    hoursAgo: 8,
    subject: 'Strange mail asking for my password',
    text: 'I received this, it looks like it comes from you, but the address is odd. I did not click.\n\n---\nFrom: "IT Service" <it-service@meridlan.example>\nYour mailbox is full. Sign in here to keep your messages.\n---\n\nCarlos',
    steps: [
      { take: 'nora' },
      { set: { priority: 'high', category: 'E-mail' } },
      {
        note: 'Look-alike domain (meridlan). Blocked at the gateway, 14 mailboxes had it, nobody clicked.',
        by: 'nora',
      },
      {
        reply:
          'Hello Carlos,\n\nwell spotted: it is not from us. We have blocked the sender and removed the message from all mailboxes. Thank you for not clicking, and for telling us.',
        by: 'nora',
        status: 'solved',
      },
    ],
  },
  {
    from: 'emma',
    to: 'it',
    hoursAgo: 3,
    subject: 'Meeting room screen stays black',
    text: 'In room "Fjord" the big screen stays black with every laptop. The cable looks fine. Next meeting there: tomorrow 9:00.',
    steps: [{ set: { category: 'Hardware' } }],
  },
  {
    from: 'oliver',
    to: 'it',
    hoursAgo: 98,
    subject: 'Excel crashes with the forecast file',
    text: 'Excel 365 closes without a message when I open forecast_2027.xlsx. Other files are fine. Attached is the log you asked for last time.\n\nOliver',
    files: [
      {
        filename: 'excel-crash.log',
        content:
          'Faulting application EXCEL.EXE, version 16.0\nFaulting module: analys32.xll\nException code: 0xc0000005\n',
      },
    ],
    steps: [
      { take: 'sam' },
      { set: { category: 'Software' } },
      {
        reply:
          'Hello Oliver,\n\nthe log names an add-in, "Analysis ToolPak". Please switch it off (File, Options, Add-ins) and try again.',
        by: 'sam',
        status: 'waiting',
      },
      { answer: 'That was it! It opens now. Do I need this add-in for anything?' },
      {
        reply: 'Only for statistics functions such as regression. You can leave it off.',
        by: 'sam',
        status: 'solved',
      },
      { answer: 'Perfect, thanks. It can be closed.' },
      { set: { status: 'solved', resolution: 'workaround' } },
    ],
  },
  {
    from: 'hana',
    to: 'it',
    hoursAgo: 20,
    subject: 'More space for the photo archive',
    text: 'Our archive is at 98 %. We add about 40 GB each month. Can it be doubled?\n\nHana',
    steps: [
      { take: 'sam' },
      { note: 'Array has 3 TB free. Price per TB is with Victor.', by: 'sam' },
      {
        reply:
          'Hello Hana,\n\n2 TB more are possible this week. Does the archive have to stay on the fast disks, or may photos older than two years go to slower ones?',
        by: 'sam',
        status: 'waiting',
      },
    ],
  },
  {
    from: 'aisha',
    to: 'it',
    hoursAgo: 6,
    subject: 'Headset only works on the left side',
    text: "My headset has sound on the left side only. I tried it on a colleague's computer: the same. It is one year old.",
    steps: [],
  },
  {
    from: 'ben',
    to: 'it',
    hoursAgo: 120,
    subject: 'Out-of-office text for the whole team',
    text: 'Can you set an out-of-office text for sales@ between 24 December and 2 January? Text is attached.\n\nBen',
    files: [
      {
        filename: 'out-of-office.txt',
        content:
          'Thank you for your message. Our office is closed from 24 December to 1 January.\nWe answer from 2 January on.\n',
      },
    ],
    steps: [
      { take: 'nora' },
      { set: { category: 'E-mail', priority: 'low' } },
      {
        reply: 'It is set, and switches itself off on 2 January. Have a good holiday!',
        by: 'nora',
        status: 'solved',
      },
    ],
  },
  {
    from: 'kofi',
    to: 'it',
    hoursAgo: 12,
    subject: 'Upload portal refuses our delivery notes',
    text: 'Dear Meridian team,\n\nsince yesterday your upload portal answers "certificate expired" to our system. Could you have a look? 30 delivery notes are waiting.\n\nKofi Osei\nGreen Freight',
    steps: [
      { take: 'nora' },
      { set: { priority: 'urgent', category: 'Network and VPN' } },
      {
        reply:
          'Dear Mr Osei,\n\nthe certificate ran out at midnight; it is renewed since 8:40. Could you try one delivery note and tell me whether it passes?',
        by: 'nora',
        status: 'waiting',
      },
      { answer: 'It passes. All 30 are through. Thank you for the quick help.' },
    ],
  },
  {
    from: 'lucia',
    to: 'it',
    hoursAgo: 140,
    subject: 'Adobe licence for the trainee',
    text: 'Our trainee Leo needs Illustrator for three months. Is there a licence free?',
    steps: [
      { take: 'sam' },
      { set: { category: 'Software' } },
      {
        reply: 'Hello Lucia,\n\none is free and assigned to Leo until the end of February.',
        by: 'sam',
        status: 'solved',
      },
    ],
  },
  {
    from: 'jonas',
    to: 'it',
    hoursAgo: 0.5,
    subject: 'Wi-Fi very slow in the canteen',
    text: 'Speed test in the canteen: 2 Mbit/s at noon. At my desk 300. Could you look at the access point there?',
    steps: [],
  },
]
