// Nothing depends on this: every page works without it. It adds the behaviour of the GOV.UK components.
import { initAll } from './govuk/govuk-frontend.min.js'

initAll()
