"""The faults that a user can mend, each told in one line."""


class UserError(ValueError):
    """A fault that the user can mend; its message is the one line that says how.

    exit_code: what a script ends with.
    """

    exit_code = 1


class DatasetError(UserError):
    """A data set that is refused; the message names file and line."""

    exit_code = 2


class NetworkError(UserError):
    """A network that cannot be shown in a space, or not recorded."""

    exit_code = 2


class MissingError(NetworkError):
    """What a record or its network lacks; a view that needs it adds that it is to be left out."""


class TooLargeError(UserError):
    """A run that would take more memory than there is, or a picture that no encoder takes."""

    exit_code = 2
