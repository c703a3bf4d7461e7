/**
 * What PayPal's v2 takes and gives, as far as a mapped payload can have it: written from the facts of its reference
 * (developer.paypal.com/docs/api/orders/v2, …/payments/v2), and closed, so that a field in the wrong place is seen.
 */
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength })

/** An amount of money: a decimal text of at most 32 characters, and three letters. */
export const money = closed(
  {
    value: { type: 'string', maxLength: 32, pattern: '^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$' },
    currency_code: { type: 'string', pattern: '^[A-Z]{3}$' },
  },
  ['value', 'currency_code'],
)
const positive = { ...money, properties: { ...money.properties, value: { type: 'string', pattern: '^[0-9.]+$' } } }

const address = closed(
  {
    address_line_1: text(300),
    address_line_2: text(300),
    admin_area_2: text(120),
    admin_area_1: text(300),
    postal_code: text(60),
    country_code: { type: 'string', pattern: '^([A-Z]{2}|C2)$' },
  },
  ['country_code'],
)

const item = closed(
  {
    name: text(127),
    sku: text(127),
    description: text(127),
    quantity: { type: 'string', pattern: '^[1-9][0-9]{0,9}$' },
    unit_amount: positive,
    tax: positive,
  },
  ['name', 'quantity', 'unit_amount'],
)

const unit = closed(
  {
    reference_id: text(256),
    description: text(127),
    custom_id: text(127),
    invoice_id: text(127),
    soft_descriptor: text(22),
    payee: closed({ email_address: text(254, 3), merchant_id: { type: 'string', pattern: '^[2-9A-HJ-NP-Z]{13}$' } }),
    amount: closed(
      {
        ...money.properties,
        breakdown: closed({
          item_total: positive,
          tax_total: positive,
          shipping: positive,
          handling: positive,
          insurance: positive,
          shipping_discount: positive,
        }),
      },
      ['value', 'currency_code'],
    ),
    items: { type: 'array', items: item, minItems: 1 },
    shipping: closed({ name: closed({ full_name: text(300) }), address }),
  },
  ['amount'],
)

/** The body of `POST /v2/checkout/orders`. */
export const createOrder = closed(
  {
    intent: { enum: ['CAPTURE', 'AUTHORIZE'] },
    purchase_units: { type: 'array', items: unit, minItems: 1, maxItems: 10 },
    payment_source: closed({
      paypal: closed({
        email_address: text(254, 3),
        name: closed({ given_name: text(140), surname: text(140) }),
        birth_date: { type: 'string', pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])$' },
        tax_info: closed({ tax_id: text(14), tax_id_type: { enum: ['BR_CPF', 'BR_CNPJ'] } }),
        address,
        experience_context: closed({
          brand_name: text(127),
          locale: { type: 'string', pattern: '^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$' },
          shipping_preference: { enum: ['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS'] },
          return_url: text(2000),
          cancel_url: text(2000),
          landing_page: { enum: ['LOGIN', 'GUEST_CHECKOUT', 'NO_PREFERENCE'] },
          user_action: { enum: ['CONTINUE', 'PAY_NOW'] },
          payment_method_preference: { enum: ['UNRESTRICTED', 'IMMEDIATE_PAYMENT_REQUIRED'] },
        }),
      }),
    }),
  },
  ['intent', 'purchase_units'],
)

/** The body of `POST /v2/payments/captures/{id}/refund`. */
export const refundCapture = closed({
  amount: positive,
  invoice_id: text(127),
  note_to_payer: text(255),
  custom_id: text(127),
})

/** The body of `POST /v2/payments/authorizations/{id}/capture`. */
export const captureAuthorization = closed({
  amount: positive,
  invoice_id: text(127),
  final_capture: { type: 'boolean' },
  note_to_payer: text(255),
  soft_descriptor: text(22),
})
