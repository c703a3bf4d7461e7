/** What a small provider publishes of both versions, for the linter and the draft. */
const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** The old version: amounts beside their currency. */
export const acmeV1 = {
  openapi: '3.0.3',
  info: { title: 'Acme Pay', version: '1' },
  paths: {
    '/v1/charges': {
      post: { operationId: 'charge.create', requestBody: json(ref('charge_request')), responses: { 200: { description: 'ok', ...json(ref('charge')) } } },
      get: { operationId: 'charge.list', responses: { 200: { description: 'ok', ...json({ type: 'array', items: ref('charge') }) } } },
    },
    '/v1/charges/{charge}': { get: { operationId: 'charge.get', responses: { 200: { description: 'ok', ...json(ref('charge')) } } } },
    '/v1/charges/{charge}/refund': { post: { operationId: 'charge.refund', requestBody: json(ref('refund_request')), responses: { 200: { description: 'ok', ...json(ref('refund')) } } } },
  },
  components: {
    schemas: {
      charge_request: {
        type: 'object',
        required: ['amount', 'currency', 'card_token'],
        properties: {
          amount: { type: 'string', description: 'How much is charged.' },
          currency: { type: 'string', description: 'The currency of the amount.' },
          reference: { type: 'string', description: "The merchant's own reference of the order." },
          text: { type: 'string', description: 'Shown to the buyer.' },
          card_token: { type: 'string', description: 'The token of a card.' },
          capture: { type: 'boolean', default: true },
          tags: { type: 'string', description: 'Labels, with commas.' },
          notify: { type: 'string', description: 'Where to send a notification.' },
        },
      },
      charge: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          status: { type: 'string', enum: ['open', 'paid', 'failed'] },
          amount: { type: 'string' },
          currency: { type: 'string' },
          reference: { type: 'string' },
          text: { type: 'string' },
        },
      },
      refund_request: { type: 'object', properties: { amount: { type: 'string' }, currency: { type: 'string' }, reason: { type: 'string' } } },
      refund: { type: 'object', properties: { id: { type: 'string' }, status: { type: 'string' }, amount: { type: 'string' } } },
    },
  },
}

/** The new one: an amount is an object, and a payment reserves only unless it is told to take the money. */
export const acmeV2 = {
  openapi: '3.0.3',
  info: { title: 'Acme Pay', version: '2' },
  paths: {
    '/v2/payments': {
      post: { operationId: 'payments.create', requestBody: json(ref('payment_request')), responses: { 201: { description: 'ok', ...json(ref('payment')) } } },
      get: { operationId: 'payments.find', responses: { 200: { description: 'ok', ...json({ type: 'object', properties: { payments: { type: 'array', items: ref('payment') } } }) } } },
    },
    '/v2/payments/{id}': { get: { operationId: 'payments.get', responses: { 200: { description: 'ok', ...json(ref('payment')) } } } },
    '/v2/payments/{id}/refunds': { post: { operationId: 'payments.refund', requestBody: json(ref('refund_request')), responses: { 201: { description: 'ok', ...json(ref('refund')) } } } },
  },
  components: {
    schemas: {
      price: { type: 'object', required: ['minor', 'currency'], additionalProperties: false, properties: { minor: { type: 'integer', description: 'The amount in the smallest unit.' }, currency: { type: 'string', description: 'The currency of the amount.' } } },
      payment_request: {
        type: 'object',
        required: ['price', 'source'],
        additionalProperties: false,
        properties: {
          price: ref('price'),
          order: { type: 'string', description: "The merchant's own reference of the order." },
          description: { type: 'string', description: 'Shown to the buyer.' },
          source: { type: 'object', required: ['type', 'token'], additionalProperties: false, properties: { type: { type: 'string', enum: ['card', 'bank'] }, token: { type: 'string', description: 'The token of a card.' } } },
          capture: { type: 'boolean', default: false },
          labels: { type: 'array', items: { type: 'string' } },
        },
      },
      payment: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          state: { type: 'string', enum: ['pending', 'captured', 'declined'] },
          price: ref('price'),
          order: { type: 'string' },
          description: { type: 'string' },
        },
      },
      refund_request: { type: 'object', additionalProperties: false, properties: { price: ref('price'), note: { type: 'string' } } },
      refund: { type: 'object', properties: { id: { type: 'string' }, state: { type: 'string', enum: ['done', 'pending'] }, price: ref('price') } },
    },
  },
}
