/**
 * The statement that makes people known as contacts. What is known of somebody stays, but a name is
 * taken where there was none.
 * @param people a SELECT of their addresses, lower case, and names.
 */
export const knownContact = (people: string): string => `INSERT INTO contact (email, name)
  SELECT DISTINCT ON (p.email) p.email, coalesce(p.name, '') FROM (${people}) AS p(email, name) WHERE p.email <> '' ORDER BY p.email, coalesce(p.name, '') = ''
  ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name WHERE contact.name = '' AND EXCLUDED.name <> ''`
