/** Random payloads of v1 whose amounts add up, and random orders of v2. */
import fc from 'fast-check'

const CURRENCIES = { USD: 2, EUR: 2, JPY: 0, HUF: 0, TWD: 0, KWD: 3 } as const
type Currency = keyof typeof CURRENCIES

/** Whole units as the text that a careful program writes. */
export function decimal(units: number, currency: Currency): string {
  const exponent = CURRENCIES[currency]
  return exponent === 0 ? String(units) : (units / 10 ** exponent).toFixed(exponent)
}

/** An arbitrary text that PayPal takes. */
const words = (max: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9][A-Za-z0-9 _-]{0,${max - 1}}$`))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** How a program writes a number of something: as a text, or as a number where it is careless. */
const written = (texts: string) => (/^\d+(\.\d*[1-9])?$/.test(texts) ? fc.constantFrom(texts, Number(texts)) : fc.constant(texts))

const address = fc.record(
  {
    line1: words(100),
    line2: words(100),
    city: words(60),
    state: words(40),
    postal_code: words(20),
    country_code: fc.constantFrom('US', 'DE', 'JP', 'C2'),
  },
  { requiredKeys: ['line1', 'city', 'country_code'] },
)

/** A body of `POST /v1/payments/payment` that v2 can do, and the amount in units. */
export const payment = fc
  .record({
    currency: fc.constantFrom(...(Object.keys(CURRENCIES) as Currency[])),
    items: fc.array(
      fc.record({ name: words(60), sku: maybe(words(40)), price: fc.nat(5_000_00), tax: maybe(fc.nat(9_00)), quantity: fc.integer({ min: 1, max: 9 }) }),
      { maxLength: 3 },
    ),
    withDetails: fc.boolean(),
    shipping: maybe(fc.nat(20_00)),
    handling: maybe(fc.nat(5_00)),
    discount: maybe(fc.nat(50)),
    discountSign: fc.constantFrom('', '-'),
    rest: fc.record(
      { description: words(127), custom: words(60), invoice_number: words(60), soft_descriptor: words(20), reference_id: words(60), payee: fc.record({ email: fc.constant('shop@example.com') }) },
      { requiredKeys: [] },
    ),
    shippingAddress: maybe(fc.tuple(words(60), address)),
    intent: fc.constantFrom('sale', 'authorize'),
    redirect: maybe(fc.constant({ return_url: 'https://shop.example/ok', cancel_url: 'https://shop.example/no' })),
    context: maybe(
      fc.record(
        {
          brand_name: words(60),
          locale: fc.constantFrom('en_US', 'de_DE', 'fr-FR'),
          landing_page: fc.constantFrom('Login', 'Billing'),
          user_action: fc.constantFrom('commit', 'continue'),
          shipping_preference: fc.constantFrom('NO_SHIPPING', 'GET_FROM_FILE', 'SET_PROVIDED_ADDRESS'),
        },
        { requiredKeys: [] },
      ),
    ),
    info: maybe(
      fc.record(
        { email: fc.constant('buyer@example.com'), birth_date: fc.constantFrom('1980-02-29', '1980-02-29T00:00:00Z'), billing_address: address },
        { requiredKeys: [] },
      ),
    ),
    careless: fc.constantFrom(true, false),
  })
  .chain((drawn) => {
    const { currency, items, withDetails } = drawn
    const sum = items.reduce((all, { price, quantity }) => all + price * quantity, 0)
    const subtotal = items.length > 0 ? sum : 10_00
    const tax = items.reduce((all, one) => all + (one.tax ?? 0) * one.quantity, 0)
    const [shipping, handling, discount] = withDetails ? [drawn.shipping, drawn.handling, drawn.discount] : []
    const units = subtotal + tax + (shipping ?? 0) + (handling ?? 0) - Math.min(discount ?? 0, subtotal)
    const text = (value: number) => decimal(value, currency)
    const details = withDetails && {
      subtotal: text(subtotal),
      ...(tax > 0 || items.some((one) => one.tax !== undefined) ? { tax: text(tax) } : {}),
      ...(shipping === undefined ? {} : { shipping: text(shipping) }),
      ...(handling === undefined ? {} : { handling_fee: text(handling) }),
      ...(discount === undefined ? {} : { shipping_discount: `${discount === 0 ? '' : drawn.discountSign}${text(Math.min(discount, subtotal))}` }),
    }
    return (drawn.careless ? written(text(units)) : fc.constant(text(units))).map((total) => ({
      units,
      currency,
      body: {
        intent: drawn.intent,
        payer: { payment_method: 'paypal', ...(drawn.info ? { payer_info: drawn.info } : {}) },
        ...(drawn.redirect ? { redirect_urls: drawn.redirect } : {}),
        ...(drawn.context ? { application_context: drawn.context } : {}),
        transactions: [
          {
            ...drawn.rest,
            amount: { total, currency, ...(details ? { details } : {}) },
            ...(items.length > 0 || drawn.shippingAddress
              ? {
                  item_list: {
                    ...(items.length > 0
                      ? {
                          items: items.map((one) => ({
                            name: one.name,
                            ...(one.sku === undefined ? {} : { sku: one.sku }),
                            ...(one.tax === undefined ? {} : { tax: text(one.tax) }),
                            price: text(one.price),
                            currency,
                            quantity: drawn.careless ? one.quantity : String(one.quantity),
                          })),
                        }
                      : {}),
                    ...(drawn.shippingAddress ? { shipping_address: { recipient_name: drawn.shippingAddress[0], ...drawn.shippingAddress[1] } } : {}),
                  },
                }
              : {}),
          },
        ],
      },
    }))
  })

const amount = fc.tuple(fc.constantFrom('10.00', '0.01', '1234.50'), fc.constant('USD')).map(([value, currency_code]) => ({ value, currency_code }))
const capture = fc.record(
  {
    id: fc.stringMatching(/^[A-Z0-9]{17}$/),
    status: fc.constantFrom('COMPLETED', 'PENDING', 'DECLINED', 'REFUNDED', 'PARTIALLY_REFUNDED', 'FAILED'),
    amount,
    final_capture: fc.boolean(),
    seller_receivable_breakdown: fc.record({ paypal_fee: amount }),
    seller_protection: fc.record({ status: fc.constantFrom('ELIGIBLE', 'NOT_ELIGIBLE'), dispute_categories: fc.constant(['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION']) }),
    invoice_id: words(20),
    create_time: fc.constant('2026-01-01T00:00:00Z'),
    links: fc.constant([{ href: 'https://api-m.paypal.com/v2/checkout/orders/1', rel: 'up', method: 'GET' }]),
  },
  { requiredKeys: ['id', 'status', 'amount'] },
)

/** An order of v2 as it is read. */
export const order = fc.record(
  {
    id: fc.stringMatching(/^[A-Z0-9]{17}$/),
    intent: fc.constantFrom('CAPTURE', 'AUTHORIZE'),
    status: fc.constantFrom('CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED'),
    payer: fc.record({ email_address: fc.constant('buyer@example.com'), payer_id: fc.constant('ABC'), name: fc.record({ given_name: words(10), surname: words(10) }) }),
    purchase_units: fc.array(
      fc.record(
        {
          reference_id: fc.constant('default'),
          amount,
          custom_id: words(20),
          payments: fc.record({ captures: fc.array(capture, { maxLength: 2 }), authorizations: fc.array(capture, { maxLength: 2 }), refunds: fc.array(capture, { maxLength: 2 }) }, { requiredKeys: [] }),
        },
        { requiredKeys: ['amount'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    links: fc.array(fc.record({ href: fc.constant('https://www.paypal.com/checkoutnow?token=1'), rel: fc.constantFrom('approve', 'payer-action', 'self', 'capture'), method: fc.constant('GET') }), { maxLength: 3 }),
  },
  { requiredKeys: ['id', 'intent', 'status', 'purchase_units'] },
)
