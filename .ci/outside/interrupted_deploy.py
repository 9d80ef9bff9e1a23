#!/usr/bin/env python3
"""Stops deploys and destroys at every step, and lets AWS go wrong under them, as processes against a stand-in.

After each, the command is run again; what is then in the cloud must be what an undisturbed run leaves.
"""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-west-1"
TOO_LONG = 100
INSTANCE, OTHER = "ml.g4dn.xlarge", "ml.g5.xlarge"
STORE, ENDPOINT = "slipway-chat-store", "slipway-chat-endpoint"
STEPS = [
    "• resolving the model",
    "• planning",
    "• checking",
    "• preparing the store",
    "• mirroring the model",
    "• applying " + ENDPOINT,
    "chat is Creating",
    "• verifying the endpoint",
    "• asking the endpoint",
]
APPLYING = STEPS.index("• applying " + ENDPOINT)
STORING = STEPS.index("• preparing the store")
MODELS = ("models", "Models"), ("endpoint_configs", "EndpointConfigs"), ("endpoints", "Endpoints")


def java():
    found = subprocess.run(
        ["sh", "-c", '. "$0/.mvn/jdk.sh"; find_jdk25', str(ROOT)], check=True, capture_output=True, text=True
    )
    return found.stdout.strip() + "/bin/java"


def manifest(folder, name, instance):
    path = folder / name
    path.write_text(
        "name: chat\ntarget: aws\nregion: %s\nmodel: {source: 'file:%s'}\n"
        "endpoint: {kind: realtime, server: vllm, instance: %s, scaling: {min: 1, max: 2}, smoke: {timeout: 5s}}\n"
        % (REGION, ROOT / "demo-model", instance)
    )
    return path


class Cloud:
    """One stand-in process with a home, a lock file and a manifest of its own."""

    def __init__(self, template):
        self.folder = Path(tempfile.mkdtemp(prefix="slipway-cloud-"))
        self.home = self.folder / "home"
        if template is not None:
            shutil.copytree(template / "home", self.home)
        self.chat = manifest(self.folder, "slipway.yaml", INSTANCE)
        self.moved = manifest(self.folder, "moved.yaml", OTHER)
        target = ROOT / "src" / "target"
        classpath = ":".join(str(target / part) for part in ("test-classes", "classes", "lib/*"))
        self.log = open(self.folder / "stand-in.log", "w")
        self.process = subprocess.Popen(
            [JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classpath,
             "dev.slipway.standin.wire.Main", str(self.folder / "buckets"), "0", "PT60S"],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the stand-in did not start: " + (self.folder / "stand-in.log").read_text())
        self.url = json.loads(line)["url"]
        self.environment = {
            **os.environ, "AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true",
            "SLIPWAY_HOME": str(self.home),
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="testing",
            aws_secret_access_key="testing", config=Config(s3={"addressing_style": "path"}),
        )

    def control(self, path, document=None, method="POST"):
        body = None if document is None else json.dumps(document).encode()
        with urllib.request.urlopen(
            urllib.request.Request(self.url + "/stand-in/" + path, data=body, method=method), timeout=30
        ) as answer:
            return json.load(answer)

    def fault(self, operation, fault, call=1, on=True):
        self.control("faults", {"operation": operation, "call": call, "on": on, "fault": fault})

    def condition(self, **wanted):
        self.control("conditions", wanted)

    def heal(self):
        self.control("faults", method="DELETE")

    def start(self, command, *arguments, file=None):
        return Run(self, [command, "-f", str(file or self.chat), *arguments, "--json"])

    def deploy(self, file=None):
        return self.start("deploy", "--yes", file=file)

    def destroy(self):
        return self.start("destroy", "--yes")

    def stacks(self):
        found = {}
        for stack in self.client("cloudformation").describe_stacks()["Stacks"]:
            if not stack["StackStatus"].startswith("DELETE_COMPLETE"):
                found[stack["StackName"]] = stack["StackStatus"]
        return found

    def left(self):
        """Everything that the cloud holds, by the names that it has: nothing after a destroy."""
        sagemaker = self.client("sagemaker")
        held = {"stacks": sorted(self.stacks())}
        for operation, key in MODELS:
            held[operation] = [one[key[:-1] + "Name"] for one in getattr(sagemaker, "list_" + operation)()[key]]
        held["buckets"] = [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]]
        return {kind: names for kind, names in held.items() if names}

    def state(self):
        """What an undisturbed run and a disturbed one must agree on: generated names left out."""
        formation, s3, sagemaker = self.client("cloudformation"), self.client("s3"), self.client("sagemaker")
        stacks = {}
        bucket = None
        for name, status in self.stacks().items():
            body = formation.get_template(StackName=name)["TemplateBody"]
            body = body if isinstance(body, str) else json.dumps(body)
            # An update that completes in steps ends as another word than a creation does.
            stacks[name] = (status, json.dumps(json.loads(body), sort_keys=True).replace(str(self.folder), "FOLDER"))
            for resource in formation.describe_stack_resources(StackName=name)["StackResources"]:
                if resource["ResourceType"] == "AWS::S3::Bucket":
                    bucket = resource["PhysicalResourceId"]
        objects = [] if bucket is None else s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        kept = {}
        for one in objects:
            key = one["Key"]
            kept[key] = one["Size"] if key.startswith("models/") and not key.endswith(".json") else None
        uploads = [] if bucket is None else s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        revisions = []
        for key in sorted(kept):
            if key.startswith("revisions/") and key.endswith(".json"):
                body = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
                if "state" in body:
                    revisions.append(body["state"])
        endpoints = {
            one["EndpointName"]: (
                one["EndpointStatus"],
                sum(v.get("DesiredInstanceCount", 0) for v in
                    sagemaker.describe_endpoint(EndpointName=one["EndpointName"]).get("ProductionVariants", [])),
            )
            for one in sagemaker.list_endpoints()["Endpoints"]
        }
        return {
            "stacks": stacks,
            "objects": kept,
            "uploads": len(uploads),
            "locks": [key for key in kept if key.startswith("locks/")],
            "deployed": revisions.count("deployed"),
            "revisions": revisions,
            "endpoints": endpoints,
            "configs": len(sagemaker.list_endpoint_configs()["EndpointConfigs"]),
            "models": len(sagemaker.list_models()["Models"]),
        }


class Run:
    """One command of Slipway, whose progress is read as it comes."""

    def __init__(self, cloud, arguments):
        self.began = time.monotonic()
        self.lines = []
        self.changed = threading.Condition()
        self.marks = []
        self.process = subprocess.Popen(
            [str(ROOT / "slipway"), *arguments], cwd=cloud.folder, env=cloud.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            # A caller in the background hands down that SIGINT is to be ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                for mark, number in self.marks:
                    if mark in line:
                        self.process.send_signal(number)
                self.changed.notify_all()
        with self.changed:
            self.lines.append("")
            self.changed.notify_all()

    def said(self, mark):
        """Waits until a line holds this."""
        with self.changed:
            seen = self.changed.wait_for(lambda: any(mark in line for line in self.lines) or self.over(), TOO_LONG)
        assert seen and any(mark in line for line in self.lines), "it never said %r:\n%s" % (mark, self.text())
        return self

    def over(self):
        return self.process.poll() is not None

    def stopped_at(self, mark, number):
        """Sends a signal the moment that a line holds this."""
        with self.changed:
            self.marks.append((mark, number))
            if any(mark in line for line in self.lines):
                self.process.send_signal(number)
        return self

    def end(self, *codes):
        """Waits for the end; returns the one document on standard output, or None if it was killed."""
        try:
            out = self.process.stdout.read()
            code = self.process.wait(TOO_LONG)
        finally:
            if self.process.poll() is None:
                self.process.kill()
        self.reader.join(10)
        self.took = time.monotonic() - self.began
        assert code in codes, "it ended with %s, not %s:\n%s\n%s" % (code, codes, out, self.text())
        if code == -signal.SIGKILL:
            return None
        # An exception of ours has a package; the codes of AWS that are quoted have none.
        assert not re.search(r"[.]\w*Exception|\tat ", self.text()), self.text()
        return json.loads(out)

    def text(self):
        return "\n".join(self.lines)


def same(cloud, expected, what):
    state = cloud.state()
    for key in expected:
        assert state[key] == expected[key], "%s: %s is %s\nand not %s" % (what, key, state[key], expected[key])


def done(document):
    assert document["status"] == "running" and document["revision"] == 1, document


def error(document, *words):
    assert set(document) == {"error"}, document
    failure = document["error"]
    assert failure["what"] and failure["why"] and failure["next"], failure
    text = " ".join(str(failure[key]) for key in ("code", "what", "why", "next"))
    for word in words:
        assert word in text, (word, failure)
    return failure


def killed(template, expected, step):
    with Cloud(template) as cloud:
        cloud.deploy().stopped_at(step, signal.SIGKILL).end(-signal.SIGKILL)
        done(cloud.deploy().end(0))
        same(cloud, expected, "killed at " + step)
    return "kill -9 at %r: the next deploy goes on" % step


def signalled(template, expected, step):
    """Both signals, one after the other, which comes first taking turns; then a deploy to its end."""
    at = STEPS.index(step)
    order = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
    seen = []
    with Cloud(template) as cloud:
        if step == "chat is Creating":
            cloud.condition(creating="PT8H")
        for number, code in order if at % 2 == 0 else reversed(order):
            run = cloud.deploy().stopped_at(step, number)
            # Where a stack is asked for, the cloud may or may not have begun.
            codes = (code, 6) if step in (STEPS[STORING], STEPS[APPLYING]) else (code,) if at < APPLYING else (6,)
            if step == STEPS[-1]:
                codes = (6, 0)  # the answer may be there before the signal
            document = run.end(*codes)
            if run.process.returncode == 0:
                done(document)
            else:
                error(document)
            seen.append("%s exit %d" % (number.name, run.process.returncode))
            if at < APPLYING or run.process.returncode == code:
                assert not cloud.stacks().get(ENDPOINT, "REVIEW").startswith(("CREATE", "UPDATE")), cloud.stacks()
            assert cloud.state()["locks"] == [], "the lock stays after " + number.name
            if at < STORING:
                assert cloud.left() == {}, cloud.left()
        if step == "chat is Creating":
            # The watch would take the rest of the hours at a minute for each call.
            cloud.condition(per_call="PT2H")
            cloud.start("status", "--watch").end(0)
        if at >= STORING:
            done(cloud.deploy().end(0))
            same(cloud, expected, "stopped at " + step)
    return "stopped at %r (%s): the next deploy goes on" % (step, ", ".join(seen))


def expired(template, _):
    with Cloud(template) as cloud:
        cloud.fault("*", "expired-token")
        run = cloud.deploy()
        failure = error(run.end(1), "credentials")
        assert run.took < 20, run.took
        cloud.heal()
        assert cloud.left() == {}
    return "expired credentials: exit 1 at once, %r" % failure["what"]


def out_of_sight(template, expected):
    with Cloud(template) as cloud:
        run = cloud.deploy().said("chat is Creating")
        cloud.fault("*", "expired-token")
        error(run.end(6), "status --watch")
        cloud.heal()
        status = cloud.start("status", "--watch").end(0)
        assert status["endpoint"]["status"] == "InService", status
        done(cloud.deploy().end(0))
        same(cloud, expected, "out of sight")
    return "credentials that expire during apply: exit 6, status --watch attaches again"


def short_trouble(template, expected):
    with Cloud(template) as cloud:
        for call in range(3, 200, 6):
            cloud.fault("*", "throttling", call, False)
            cloud.fault("*", "lost-reply", call + 3, False)
        run = cloud.deploy().said("chat is Creating")
        cloud.fault("*", "lost-request")
        calls = sum(cloud.control("calls", method="GET").values())
        end = time.monotonic() + 30
        while sum(cloud.control("calls", method="GET").values()) < calls + 4 and time.monotonic() < end:
            time.sleep(0.1)
        cloud.heal()
        done(run.end(0))
        same(cloud, expected, "short trouble")
    return "throttling, lost replies and a network that is away for a while are survived"


def second(template, expected):
    with Cloud(template) as cloud:
        # The stand-in's clock goes on with each call: long enough for both runs, however slow the machine.
        cloud.condition(creating="PT30M")
        first = cloud.deploy().said("chat is Creating")
        failure = error(cloud.deploy().end(7), "arn:aws:iam::123456789012:user/deployer",
                        "process %d on " % first.process.pid, "since 20", "slipway unlock")
        first.process.kill()
        first.end(-signal.SIGKILL)
        done(cloud.deploy().end(0))
        same(cloud, expected, "taken over")
        lock = re.search(r"holds the lock (\w+)", failure["why"]).group(1)
        error(cloud.start("unlock", lock).end(2))
    return "a second deploy: exit 7 says who, when and where; a killed holder's lock is taken over"


def undone(template, _):
    with Cloud(template) as cloud:
        done(cloud.deploy().end(0))
        cloud.condition(alarm_rollback={"alarm": ENDPOINT + "-errors"})
        error(cloud.deploy(cloud.moved).end(5), ENDPOINT + "-errors")
        document = cloud.deploy(cloud.moved).end(0)
        assert document["changed"] and document["status"] == "running", document
        client = cloud.client("sagemaker")
        config = client.describe_endpoint(EndpointName="chat")["EndpointConfigName"]
        variant = client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
        assert variant["InstanceType"] == OTHER, variant
        targets = cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="sagemaker")
        assert len(targets["ScalableTargets"]) == 1, targets
        states = cloud.state()
        assert states["locks"] == [] and states["uploads"] == 0, states
        error(cloud.start("rollback", "9", "--yes").end(2))
    return "an alarm in an update: exit 5 names it; an instance type changes below autoscaling"


def broken(template, expected):
    with Cloud(template) as cloud:
        cloud.condition(unhealthy={"image": "", "lines": ["torch.OutOfMemoryError: CUDA out of memory."]})
        run = cloud.deploy()
        error(run.end(1, 5), "GPU's memory")
        assert "container: torch.OutOfMemoryError: CUDA out of memory." in run.text(), run.text()
        cloud.control("conditions", {"healthy": True, "scarce": [INSTANCE]})
        error(cloud.deploy().end(1, 5), "InsufficientInstanceCapacity")
        cloud.control("conditions", {"plentiful": [INSTANCE]})
        assert cloud.deploy().end(0)["status"] == "running"
        state = cloud.state()
        for key in ("endpoints", "configs", "models", "uploads", "locks", "deployed"):
            assert state[key] == expected[key], (key, state[key])
        assert {name: stack[0] for name, stack in state["stacks"].items()} == {
            name: stack[0] for name, stack in expected["stacks"].items()
        }, state["stacks"]
    return "containers that don't start, and no capacity: the cause is said, the next deploy heals"


def no_quota(template, _):
    with Cloud(template) as cloud:
        cloud.condition(quota={"instance": INSTANCE, "value": 0})
        error(cloud.deploy().end(4), INSTANCE, "quota")
        assert cloud.left() == {}, cloud.left()
    return "a quota of 0: exit 4, nothing is created"


def no_answer(template, _):
    with Cloud(template) as cloud:
        for operation in ("InvokeEndpoint", "InvokeEndpointWithResponseStream"):
            cloud.fault(operation, "denied")
        error(cloud.deploy().end(8))
        cloud.heal()
        assert cloud.deploy().end(0)["status"] == "running"
    return "an endpoint that does not answer: exit 8, and the next deploy asks again"


def destroyed(template, expected):
    with Cloud(template) as cloud:
        done(cloud.deploy().end(0))
        cloud.destroy().stopped_at("• removing the endpoint", signal.SIGKILL).end(-signal.SIGKILL)
        cloud.destroy().stopped_at("DELETE_IN_PROGRESS           AWS::SageMaker::Endpoint ", signal.SIGKILL).end(
            -signal.SIGKILL)
        cloud.destroy().stopped_at("• looking for what is left", signal.SIGKILL).end(-signal.SIGKILL)
        cloud.destroy().stopped_at("• removing what it stored", signal.SIGKILL).end(-signal.SIGKILL)
        document = cloud.destroy().end(0)
        assert document["left"] == [], document
        assert cloud.left() == {}, cloud.left()
        done(cloud.deploy().end(0))
        same(cloud, expected, "after a destroy")
    return "kill -9 at each step of destroy: the next one leaves nothing, and a deploy begins anew"


def main():
    if not (ROOT / "src/target/test-classes/dev/slipway/standin/wire/Main.class").exists():
        subprocess.run([str(ROOT / "mvnw"), "-q", "-B", "-ntp", "-Dquick", "-pl", "src", "test-compile"], check=True)
    began = time.monotonic()
    with Cloud(None) as cloud:
        for file in (cloud.moved, cloud.chat):
            cloud.start("plan", file=file).end(0)
        assert cloud.left() == {}, cloud.left()
        done(cloud.deploy().end(0))
        expected = cloud.state()
        assert expected["uploads"] == 0 and expected["locks"] == [] and expected["deployed"] == 1, expected
        assert len(expected["stacks"]) == 2 and expected["revisions"] == ["deployed"], expected
        document = cloud.deploy().end(0)
        assert document["changed"] is False, document
        same(cloud, expected, "deployed again")
        print("ok an undisturbed deploy, and a second one that changes nothing", flush=True)
        template = cloud.folder
        cases = [(case,) for case in (undone, broken, destroyed, second, short_trouble, out_of_sight, no_answer,
                                      expired, no_quota)]
        cases += [(killed, step) for step in STEPS]
        cases += [(signalled, step) for step in STEPS]
        only = sys.argv[1:]
        if only:
            cases = [case for case in cases if any(word in " ".join(
                getattr(part, "__name__", str(part)) for part in case) for word in only)]
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("LANES", "4"))) as lanes:
            running = {lanes.submit(case[0], template, expected, *case[1:]): case for case in cases}
            for result in concurrent.futures.as_completed(running):
                try:
                    print("ok", result.result(), flush=True)
                except Exception:
                    failed += 1
                    name = " ".join(getattr(part, "__name__", str(part)) for part in running[result])
                    print("FAILED", name, flush=True)
                    print(traceback.format_exc(), file=sys.stderr, flush=True)
    print("%d of %d held, in %d s" % (len(cases) - failed, len(cases), time.monotonic() - began))
    return 1 if failed else 0


JAVA = java()
if __name__ == "__main__":
    sys.exit(main())
