import { defineChange, fix, replace } from '#kit'
import { ENVIRONMENT_FORMATS, occurrences, ownLine } from './environment/variables.ts'
import { concerns } from './schema/project.ts'

const NAME = /\bPRISMA_ENGINE_PROTOCOL\b/

export default defineChange({
  title: '`PRISMA_ENGINE_PROTOCOL` is no longer read',
  why: 'The protocol between client and engine could be chosen while the JSON protocol was a preview. It is the only one now.',
  since: '5.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#jsonprotocol-out-of-preview',
  guideSays: 'It says nothing of the variable.',
  fixable: 'sometimes',

  format: ENVIRONMENT_FORMATS,
  restsOn: 'dependency',
  mentions: [NAME],
  *find(file, project) {
    if (!concerns(project)) return
    for (const place of occurrences(file, NAME)) {
      const draft = {
        at: place,
        message: 'nothing reads the variable any more',
        evidence: { certainty: 'proven' as const, steps: [{ what: `\`${place.text}\` in ${file.path}` }] },
      }
      const line = file.format === 'environment' ? ownLine(file, place) : undefined
      yield line ? { ...draft, fix: fix('safe', 'Take it out', replace(line, '')) } : draft
    }
  },
})
