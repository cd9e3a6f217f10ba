/** @type {import('./sample-tickets.mjs').Sample[]} */
export const finance = [
  {
    from: 'alpine',
    to: 'finance',
    hoursAgo: 28,
    subject: 'Invoice 2026-1187, summer party',
    text: 'Dear Sir or Madam,\n\nplease find attached our invoice 2026-1187 over 4,860.00 EUR for the catering of 12 November, payable within 14 days.\n\nAlpine Catering',
    files: [
      {
        filename: 'invoice-2026-1187.txt',
        content:
          'ALPINE CATERING\nInvoice 2026-1187\n120 persons, buffet      4,050.00 EUR\nVAT 20 %                   810.00 EUR\nTotal                    4,860.00 EUR\n',
      },
    ],
    steps: [
      { take: 'victor' },
      { set: { category: 'Invoices' } },
      {
        reply:
          'Dear Alpine team,\n\nthank you. The order says 110 persons, the invoice 120. Could you check?',
        by: 'victor',
        status: 'waiting',
      },
      {
        answer:
          'You are right, ten did not come. A corrected invoice over 4,455.00 EUR follows today.',
      },
    ],
  },
  {
    from: 'claire',
    to: 'finance',
    hoursAgo: 52,
    subject: 'Facture impayée F-0342',
    text: 'Bonjour,\n\nsauf erreur de ma part, la facture F-0342 du 3 octobre (1 250 €) n’est pas encore réglée. Pouvez-vous vérifier ?\n\nBien cordialement\nClaire Petit\nStudio Verre',
    steps: [
      { take: 'victor' },
      { set: { category: 'Invoices', priority: 'high' } },
      {
        reply:
          'Bonjour Madame Petit,\n\nle virement est parti ce matin ; il aurait dû partir le 17. Veuillez nous excuser pour ce retard.',
        by: 'victor',
        status: 'solved',
      },
      { answer: 'Merci, le paiement est arrivé.' },
      { set: { status: 'solved', resolution: 'done' } },
    ],
  },
  {
    from: 'carlos',
    to: 'finance',
    hoursAgo: 33,
    subject: 'Expenses Lisbon, receipts attached',
    text: 'Hello Victor,\n\nhere are my receipts for Lisbon: flight 214.30, hotel 3 nights 387.00, taxi 42.50. Total 643.80 EUR.\n\nCarlos',
    files: [
      {
        filename: 'receipts-lisbon.csv',
        content:
          'date,what,eur\n2026-11-16,flight,214.30\n2026-11-19,hotel,387.00\n2026-11-19,taxi,42.50\n',
      },
    ],
    steps: [
      { take: 'victor' },
      { set: { category: 'Expenses' } },
      {
        reply: 'Hello Carlos,\n\nall there, thank you. You get it with the November salary.',
        by: 'victor',
        status: 'solved',
      },
    ],
  },
  {
    from: 'emma',
    to: 'finance',
    hoursAgo: 10,
    subject: 'Can we order from a new supplier?',
    text: 'We would like to order ergonomic chairs from Sitwell GmbH, about 6,000 EUR. They are not in our list of suppliers. What do you need from us?',
    steps: [
      { take: 'victor' },
      { set: { category: 'Purchasing' } },
      { note: 'Above 5,000: Grace has to approve. Supplier form sent.', by: 'victor' },
      {
        reply:
          'Hello Emma,\n\na second offer for comparison and the supplier form in the wiki. Above 5,000 EUR Grace has to approve; I ask her as soon as both are there.',
        by: 'victor',
        status: 'waiting',
      },
    ],
  },
  {
    from: 'oliver',
    to: 'finance',
    hoursAgo: 4,
    subject: 'Which cost centre for the trade fair?',
    text: 'Booth rent for the spring fair is due. Do I book it on marketing (4100) or sales (4200)?',
    steps: [],
  },
  {
    from: 'kofi',
    to: 'finance',
    hoursAgo: 70,
    subject: 'New bank details of Green Freight',
    text: 'Dear accounting team,\n\nfrom 1 December please use our new account. The letter is attached.\n\nKofi Osei',
    files: [
      {
        filename: 'bank-details.txt',
        content:
          'Green Freight Ltd\nNew account from 1 December: see the signed letter that follows by post.\n',
      },
    ],
    steps: [
      { take: 'victor' },
      { set: { priority: 'high', category: 'Invoices' } },
      {
        note: 'Change of bank details by mail: called the number we have on file. It is genuine.',
        by: 'victor',
      },
      {
        reply:
          'Dear Mr Osei,\n\nas always with new bank details we called your office, and they confirm. It is entered from 1 December.',
        by: 'victor',
        status: 'solved',
      },
    ],
  },
  {
    from: 'tomas',
    to: 'finance',
    hoursAgo: 100,
    subject: 'Company card declined at the hotel',
    text: 'My company card was declined twice in Brno yesterday, I had to pay with my own. What happened?',
    steps: [
      { take: 'victor' },
      {
        reply:
          'Hello Tomáš,\n\nthe monthly limit was reached by the conference fee. I have raised it; please send the hotel bill as an expense.',
        by: 'victor',
        status: 'solved',
      },
    ],
  },
  {
    from: 'anna',
    to: 'finance',
    hoursAgo: 16,
    subject: 'Budget figures for Q1',
    text: 'Could you send me the approved budget of our department for Q1? I need it for the planning on Thursday.\n\nAnna',
    steps: [{ take: 'victor' }],
  },
]

/** @type {import('./sample-tickets.mjs').Sample[]} */
export const hrAndFacilities = [
  {
    from: 'priya',
    to: 'hr',
    hoursAgo: 22,
    subject: 'Parental leave from March',
    text: 'Hello Inès,\n\nI would like to take parental leave from 1 March for six months. Which forms do you need, and until when?\n\nPriya',
    steps: [
      { take: 'ines' },
      { set: { category: 'Leave' } },
      {
        reply:
          'Hello Priya,\n\ncongratulations! I need the form in the wiki seven weeks ahead, so by 11 January, and the expected date from your doctor.',
        by: 'ines',
        status: 'waiting',
      },
      { answer: 'Thank you! The form is on your desk, the letter follows next week.' },
    ],
  },
  {
    from: 'ben',
    to: 'hr',
    hoursAgo: 46,
    subject: 'Unused days of leave',
    text: 'I have six days left. Until when may I take them?',
    steps: [
      { take: 'ines' },
      { set: { category: 'Leave', priority: 'low' } },
      {
        reply: 'Hello Ben,\n\nuntil 31 March. After that they are gone, so please enter them soon.',
        by: 'ines',
        status: 'solved',
      },
    ],
  },
  {
    from: 'hana',
    to: 'hr',
    hoursAgo: 7,
    subject: 'First day of Yuki Mori',
    text: 'Yuki starts on 1 December. Who welcomes her, and at what time should she come?\n\nHana',
    steps: [
      { take: 'ines' },
      { set: { category: 'Onboarding' } },
      { note: 'Laptop: see the request of Lucia to IT.', by: 'ines' },
    ],
  },
  {
    from: 'jonas',
    to: 'hr',
    hoursAgo: 60,
    subject: 'Wrong tax class on my payslip',
    text: 'My November payslip shows tax class 1, it should be 3 since my wedding in September. The certificate has been with you since October.',
    steps: [
      { take: 'ines' },
      { set: { priority: 'high', category: 'Payroll' } },
      {
        reply:
          'Hello Jonas,\n\nI am sorry, the certificate was filed but not entered. The December payslip corrects it back to October.',
        by: 'ines',
        status: 'solved',
      },
      { answer: 'Does the correction include the holiday bonus as well?' },
    ],
  },
  {
    from: 'marie',
    to: 'hr',
    hoursAgo: 9,
    subject: 'Attestation d’emploi',
    text: 'Bonjour Inès,\n\npourriez-vous m’établir une attestation d’emploi pour ma banque, si possible d’ici vendredi ?\n\nMerci\nMarie',
    steps: [
      { take: 'ines' },
      {
        reply:
          'Bonjour Marie,\n\nbien sûr, elle est prête : vous pouvez passer la prendre, ou dois-je l’envoyer par la poste ?',
        by: 'ines',
        status: 'waiting',
      },
    ],
  },
  {
    from: 'aisha',
    to: 'hr',
    hoursAgo: 130,
    subject: 'English course in January',
    text: 'Is there a budget for language courses? I would like to join the business English course in January.',
    steps: [
      { take: 'ines' },
      {
        reply:
          'Hello Aisha,\n\nyes, up to 600 EUR each year. Choose a course and send me the offer.',
        by: 'ines',
        status: 'waiting',
      },
    ],
  },
  {
    from: 'carlos',
    to: 'hr',
    hoursAgo: 1.5,
    subject: 'Working from abroad for two weeks',
    text: 'May I work from Porto from 7 to 18 December? I would keep our core hours.',
    steps: [{ take: 'ines' }, { set: { category: 'Working abroad' } }],
  },
  {
    from: 'lucia',
    to: 'hr',
    hoursAgo: 90,
    subject: 'Reference letter for our former intern',
    text: 'Our intern Marco asks for a reference letter (April to September, design). I attach my notes.',
    files: [
      {
        filename: 'notes-marco.txt',
        content: 'Careful, quick, a pleasure to work with. Redesigned the product sheets.\n',
      },
    ],
    steps: [
      { take: 'ines' },
      {
        reply: 'Hello Lucia,\n\nit is written and signed; the post takes it today.',
        by: 'ines',
        status: 'solved',
      },
      { set: { resolution: 'done' } },
    ],
  },
  {
    from: 'emma',
    to: 'facilities',
    hoursAgo: 11,
    subject: 'Too cold on the 4th floor',
    text: 'It is 17 degrees at our desks since the weekend. Three colleagues are ill already.',
    steps: [
      { take: 'ines' },
      { set: { priority: 'high', category: 'Building' } },
      {
        reply:
          'The heating engineer comes today at 14:00. Heaters are in the storeroom 4.20, please help yourselves.',
        by: 'ines',
        status: 'open',
      },
    ],
  },
  {
    from: 'tomas',
    to: 'facilities',
    hoursAgo: 36,
    subject: 'Room booking shows a meeting that does not exist',
    text: 'Room "Delta" is booked every Tuesday by a colleague who left in June.',
    steps: [
      { take: 'sam' },
      { set: { category: 'Meeting rooms' } },
      {
        reply: 'The series is deleted, "Delta" is free on Tuesdays again.',
        by: 'sam',
        status: 'solved',
      },
    ],
  },
  {
    from: 'oliver',
    to: 'facilities',
    hoursAgo: 15,
    subject: 'Bike rack is full',
    text: 'Since October there is no place left in the bike rack after 8:30. Could we get a second one?',
    steps: [],
  },
  {
    from: 'aisha',
    to: 'facilities',
    hoursAgo: 80,
    subject: 'Coffee machine on the 2nd floor leaks',
    text: 'There is a puddle under the machine every morning.',
    steps: [
      { take: 'sam' },
      { reply: 'A new seal is in. Please tell us if it drips again.', by: 'sam', status: 'solved' },
    ],
  },
]
