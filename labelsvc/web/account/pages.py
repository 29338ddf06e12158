"""Pages: imports all pages of accounts, which puts them on the blueprint."""

from labelsvc.web.account import confirm as confirm
from labelsvc.web.account import contact as contact
from labelsvc.web.account import factors as factors
from labelsvc.web.account import forgotten as forgotten
from labelsvc.web.account.sign_in import bp as bp
