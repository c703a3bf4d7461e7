import type { GenerateFacade } from './types.ts'
export const generateFacade: GenerateFacade = ({ map, style, folder, sdk, http }) => ({
  files: new Map([[`${folder}/index${style.fileExtension ?? '.js'}`, 'export {}\n']]),
  entry: {
    file: `${folder}/index${style.fileExtension ?? '.js'}`,
    ...(sdk
      ? {
          sdk: {
            name: map.sdk![0]!.client === 'object' ? 'paypal' : 'wrapStripe',
            kind: map.sdk![0]!.client === 'object' ? ('object' as const) : ('wrap' as const),
          },
        }
      : {}),
    ...(http.length ? { http: 'paypalHttp' } : {}),
    isPaymentError: 'isPaymentError',
    toPaymentError: 'toPaymentError',
    returnId: 'paypalReturnId',
    webhook: 'paypalEvent',
    configure: 'configurePayments',
  },
  refused: [],
})
