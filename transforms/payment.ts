// Made by `npm run generate` from the files in the folder payment.
import type { Catalogue } from '../src/catalogue/select.ts'
import paymentBrowserButton from './payment/browser-button.ts'
import paymentBusinessKey from './payment/business-key.ts'
import paymentEnvFlag from './payment/env-flag.ts'
import paymentErrorCode from './payment/error-code.ts'
import paymentFacadeCall from './payment/facade-call.ts'
import paymentFacadeInline from './payment/facade-inline.ts'
import paymentFacadeRollout from './payment/facade-rollout.ts'
import paymentFlagVariable from './payment/flag-variable.ts'
import paymentHttpCall from './payment/http-call.ts'
import paymentNoCounterpart from './payment/no-counterpart.ts'
import paymentOldCall from './payment/old-call.ts'
import paymentOtherOldApi from './payment/other-old-api.ts'
import payment from './payment/provider.ts'
import paymentRecordedRequest from './payment/recorded-request.ts'
import paymentRequestField from './payment/request-field.ts'
import paymentResponseField from './payment/response-field.ts'
import paymentReturnParameter from './payment/return-parameter.ts'
import paymentSandboxBehaviour from './payment/sandbox-behaviour.ts'
import paymentSdkDependency from './payment/sdk-dependency.ts'
import paymentSdkImport from './payment/sdk-import.ts'
import paymentTestDouble from './payment/test-double.ts'
import paymentUnknownSender from './payment/unknown-sender.ts'
import paymentWebhookEvent from './payment/webhook-event.ts'

/** Every change of payment, by its id. */
export const changes = {
  'payment/browser-button': paymentBrowserButton,
  'payment/business-key': paymentBusinessKey,
  'payment/env-flag': paymentEnvFlag,
  'payment/error-code': paymentErrorCode,
  'payment/facade-call': paymentFacadeCall,
  'payment/facade-inline': paymentFacadeInline,
  'payment/facade-rollout': paymentFacadeRollout,
  'payment/flag-variable': paymentFlagVariable,
  'payment/http-call': paymentHttpCall,
  'payment/no-counterpart': paymentNoCounterpart,
  'payment/old-call': paymentOldCall,
  'payment/other-old-api': paymentOtherOldApi,
  'payment/recorded-request': paymentRecordedRequest,
  'payment/request-field': paymentRequestField,
  'payment/response-field': paymentResponseField,
  'payment/return-parameter': paymentReturnParameter,
  'payment/sandbox-behaviour': paymentSandboxBehaviour,
  'payment/sdk-dependency': paymentSdkDependency,
  'payment/sdk-import': paymentSdkImport,
  'payment/test-double': paymentTestDouble,
  'payment/unknown-sender': paymentUnknownSender,
  'payment/webhook-event': paymentWebhookEvent,
}

/** The recipes of payment alone. */
export const catalogue: Catalogue = {
  providers: [payment],
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
