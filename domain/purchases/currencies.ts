/**
 * Currencies in use and how many decimals their minor unit has (ISO 4217, list one). Nearly all
 * have two.
 */
const twoDecimals = `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB
EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
VES WST XCD YER ZAR ZMW ZWG`
const noDecimals = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'
const threeDecimals = 'BHD IQD JOD KWD LYD OMR TND'

const words = (text: string): string[] => text.split(/\s+/)

const decimals: ReadonlyMap<string, number> = new Map([
  ...words(twoDecimals).map((code) => [code, 2] as const),
  ...words(noDecimals).map((code) => [code, 0] as const),
  ...words(threeDecimals).map((code) => [code, 3] as const),
])

/** Every known code, in alphabetical order. */
export const currencyCodes: readonly string[] = [...decimals.keys()].sort()

/** @returns how many decimals amounts of this currency have; null when it is none of ISO 4217. */
export const decimalsOf = (currency: string): number | null => decimals.get(currency) ?? null
