"""The steps of docs/deploy/Containerfile in a clean Debian, and Mailworth in it, where there is no container engine.

Usage: python -m tests.container. debootstrap makes the clean root, in the place of the image that FROM names; every
step is taken from the file as it stands, in namespaces of its own. Then `mailworth --version` and a night of the sample
are run as the user of the container, and CMD until HEALTHCHECK is content and it is stopped. Of this machine it has
name servers, certificates and proxies. Needs root, debootstrap and leave to change the root; what is missing is told,
and nothing is checked.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.flows.test_serve import free_port

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "deploy" / "Containerfile"
NEEDED = ("debootstrap", "unshare", "chroot", "mount")
PASSED_ON = re.compile(r"(PIP|UV)_(INDEX_URL|EXTRA_INDEX_URL|DEFAULT_INDEX|INDEX)|(https?|no)_proxy", re.IGNORECASE)
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
LENT = "/mnt/certificates.crt"
DEVICES = "mount --bind /dev dev && mount -t tmpfs -o mode=1777 tmpfs dev/shm"
STOPPED = 60  # seconds until it has ended
PATIENCE = 600  # seconds until the page answers; the first start compiles Prefect


@dataclass
class Image:
    """What the instructions so far have come to."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    folder: str = "/"
    user: str = "root"
    command: str = ""
    health: str = ""

    def call(self, command: str) -> list[str]:
        """The command line that runs a command of the image's shell in it; all it starts ends with it."""
        home = "/root" if self.user == "root" else self.folder
        passed = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        passed |= dict.fromkeys(("SSL_CERT_FILE", "PIP_CERT"), LENT) if CERTIFICATES.exists() else {}
        variables = [f"{name}={value}" for name, value in (passed | self.environment | {"HOME": home}).items()]
        inside = ["/bin/sh", "-c", f"cd {shlex.quote(self.folder)} && {command}"]
        change = ["chroot", f"--userspec={self.user}", ".", "/usr/bin/env", "--ignore-environment", *variables, *inside]
        steps = f"cd {shlex.quote(str(self.root))} && {DEVICES} && exec {shlex.join(change)}"
        namespaces = ["--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root / 'proc'}"]
        return ["unshare", *namespaces, "/bin/sh", "-c", steps]

    def run(self, command: str) -> None:
        """Run a command of the image's shell in it."""
        subprocess.run(self.call(command), check=True)


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Containerfile with their arguments; lines that go on are joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def take(image: Image, instruction: str, argument: str) -> None:
    """Take one step, as `podman build` would."""
    if instruction == "FROM":
        make_root(image.root, suite=argument.split(":")[1].removesuffix("-slim"))
    elif instruction == "ENV":
        name, value = argument.split("=", 1)
        image.environment[name] = value
    elif instruction == "WORKDIR":
        image.folder = argument
        (image.root / argument.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif instruction == "USER":
        image.user = argument
    elif instruction == "COPY":
        copy(image, *shlex.split(argument))
    elif instruction == "RUN":
        image.run(argument)
    elif instruction == "CMD":
        image.command = shlex.join(json.loads(argument))
    elif instruction == "HEALTHCHECK":
        image.health = argument.split("CMD ", 1)[1]
    elif instruction not in {"VOLUME", "EXPOSE"}:
        raise NotImplementedError(f"{instruction} {argument}")


def make_root(root: Path, suite: str) -> None:
    """A clean Debian that finds registries as this machine does."""
    subprocess.run(["debootstrap", "--variant=minbase", suite, str(root)], check=True, stdout=subprocess.DEVNULL)
    shutil.copy("/etc/hosts", root / "etc")
    if CERTIFICATES.exists():
        shutil.copy(CERTIFICATES, root / LENT.lstrip("/"))


def copy(image: Image, *places: str) -> None:
    """Copy files, or what is in one folder, into the image, without what Python has compiled."""
    target = image.root / places[-1].lstrip("/")
    for place in places[:-1]:
        if (ROOT / place).is_dir():
            shutil.copytree(ROOT / place, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / place, target)


def use(image: Image) -> None:
    """Use what was built as its user would."""
    image.run("mailworth --version && id --user --name")
    sample = image.root / "srv" / "sample"
    shutil.copytree(ROOT / "data" / "sample", sample)
    image.run("mailworth night --source /srv/sample --as-of 2017-12-31 && mailworth status")
    assert (image.root / "var/lib/mailworth/data/warehouse.duckdb").stat().st_uid == 10001
    port = str(free_port())
    image.environment |= {"MAILWORTH_SERVE__PASSWORD": "correct horse battery staple", "MAILWORTH_SERVE__PORT": port}
    image.health = image.health.replace(":4200", f":{port}")
    serving = subprocess.Popen(image.call(f"exec {image.command}"))
    try:
        await_health(image, serving)
        [first] = Path(f"/proc/{serving.pid}/task/{serving.pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)  # as an engine stops a container
        assert serving.wait(STOPPED) == 0
    finally:
        serving.kill()


def await_health(image: Image, serving: "subprocess.Popen[bytes]") -> None:
    """Ask as the engine would until the answer is that all is well."""
    end = time.monotonic() + PATIENCE
    while subprocess.run(image.call(image.health), capture_output=True).returncode:
        assert serving.poll() is None, "the command of the container has ended"
        assert time.monotonic() < end, "the container is not healthy"
        time.sleep(5)


def lacking() -> str | None:
    """Why it cannot be checked here; None where it can."""
    if os.geteuid() != 0:
        return "only root may change the root of a process"
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        return f"{', '.join(missing)} not found (Debian: apt-get install debootstrap)"
    tried = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, text=True)
    return tried.stderr.strip() or None


def main() -> None:
    """Build and use, telling each step and how long it took."""
    if reason := lacking():
        print(f"Skipped: {reason}")  # noqa: T201  # what the script is for
        return
    with tempfile.TemporaryDirectory() as folder:
        image = Image(Path(folder) / "root")
        for instruction, argument in instructions(FILE.read_text(encoding="utf-8")):
            started = time.monotonic()
            take(image, instruction, argument)
            print(f"{time.monotonic() - started:6.1f} s  {instruction} {argument[:80]}", flush=True)  # noqa: T201
        started = time.monotonic()
        use(image)
        print(f"{time.monotonic() - started:6.1f} s  used: version, night, page")  # noqa: T201
    print("All as it should be.")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
