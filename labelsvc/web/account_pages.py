"""All pages of accounts. Importing it puts every page on the blueprint."""

from labelsvc.web import account_confirm as account_confirm
from labelsvc.web import account_factors as account_factors
from labelsvc.web.account import bp as bp
