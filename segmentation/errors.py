"""One exception class per reason to refuse. Every message says what is wrong and what to do about it."""


class MailworthError(Exception):
    """Something the user can put right; the command line prints it as one line."""


class SettingsError(MailworthError):
    """A settings file has an unknown key or an impossible value."""


class SourceError(MailworthError):
    """A source folder, table, column or file is missing, unreadable or empty."""


class RejectedShareError(MailworthError):
    """More rows of a table break the contract than the settings allow."""


class WarehouseError(MailworthError):
    """The warehouse is missing, cannot be written or is not a Mailworth warehouse."""


class NewerWarehouseError(WarehouseError):
    """A later release of Mailworth has made the warehouse."""


class WarehouseLockedError(WarehouseError):
    """Another run is writing the same warehouse."""


class DiskError(MailworthError):
    """A disk is full or read-only, or a folder may not be written."""


class QueryError(MailworthError):
    """A query given by the user cannot be run."""


class ScoringError(MailworthError):
    """Customers cannot be scored as the settings ask."""


class PlanError(MailworthError):
    """A mailing cannot be planned as asked."""


class CallError(MailworthError):
    """A call list is asked for that no night has made."""


class PackError(MailworthError):
    """The files for the mail house cannot be written as asked."""


class UnknownCampaignError(MailworthError):
    """A campaign is asked for that the warehouse does not have, or that has not started."""


class UnknownCustomerError(MailworthError):
    """A customer is to be erased whom no file has."""


class FoundElsewhereError(MailworthError):
    """A customer who was erased is still named where Mailworth may not remove it."""


class PowerError(MailworthError):
    """Power or sizes are asked for with values that cannot be."""


class NoticeError(MailworthError):
    """A notice cannot be sent as asked."""


class StaleDataError(MailworthError):
    """The source has nothing new enough for a night."""


class SparkError(MailworthError):
    """Spark is asked for where it is not, or for what it cannot do."""
