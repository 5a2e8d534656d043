"""The commands of ``dard``, put together from one module a subject."""

import sys

import click

from dard.cli import accounts, audit, bench, demo, exports, filters, honeytokens, imports, instance, jobs, keys, testing
from dard.core.errors import ConfigurationError, DomainError
from dard.crypto.errors import CryptoError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def dard() -> None:
    """Case management for Drug and Alcohol Related Death review panels."""


for command in (
    demo.demo,
    testing.test,
    instance.init,
    instance.serve,
    instance.health,
    accounts.user,
    imports.import_file,
    exports.export,
    audit.audit,
    honeytokens.honeytoken,
    jobs.jobs,
    keys.keys,
    bench.bench,
    filters.redact,
    filters.suppress,
):
    dard.add_command(command)


def main() -> None:
    """Run a command; whatever a person can mend is said in one sentence, with exit status 1."""
    try:
        dard(prog_name="dard")
    except (ConfigurationError, DomainError, CryptoError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
