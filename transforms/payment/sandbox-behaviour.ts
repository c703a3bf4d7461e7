import { defineChange } from '#kit'

export default defineChange({
  title: 'Some behaviour of the new version has to be tried in the sandbox of the provider',
  why: 'No document says it for certain, or it depends on the account, so no program can know it.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/tools/sandbox/',
  fixable: 'never',
  byHand:
    'try one order on each version in the sandbox of the provider: create, approve, take the payment, refund, and look at every webhook',
})
