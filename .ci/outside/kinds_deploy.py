#!/usr/bin/env python3
"""Deploys each kind of endpoint with the real command line against the stand-in, asks it, changes it, removes it.

A second reader (boto3) looks at what each command left in the cloud.
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import time
import traceback

from interrupted_deploy import INSTANCE, OTHER, REGION, ROOT, Cloud, error

PLAIN = "kind: realtime, scaling: {min: 1, max: 2}"
ASYNC = "kind: async, scaling: {min: 0, max: 3}"
COMPONENT = "kind: realtime, components: true, scaling: {min: 0, max: 2}"
HOST = {"host": "ci-7", "machine": "another machine", "pid": 42, "started": "then"}


class Account(Cloud):
    """A stand-in whose manifests are written as a case needs them."""

    def __init__(self, template):
        super().__init__(template)
        self.made = 0

    def manifest(self, endpoint, instance=INSTANCE):
        self.made += 1
        path = self.folder / ("kind-%d.yaml" % self.made)
        path.write_text(
            "name: chat\ntarget: aws\nregion: %s\nmodel: {source: 'file:%s'}\n"
            "endpoint: {server: vllm, instance: %s, smoke: {timeout: 20s}, %s}\n"
            % (REGION, ROOT / "demo-model", instance, endpoint)
        )
        return path

    def bucket(self):
        return next(one["Name"] for one in self.client("s3").list_buckets()["Buckets"])

    def keys(self, prefix):
        found = self.client("s3").list_objects_v2(Bucket=self.bucket(), Prefix=prefix)
        return [one["Key"] for one in found.get("Contents", [])]

    def deployed(self, file, **wanted):
        document = self.deploy(file).end(0)
        for key, value in {"status": "running", "smoke": "passed", "changed": True, **wanted}.items():
            assert document[key] == value, (key, document)
        return document

    def asked(self, file, *words):
        """Asks a question; returns what was said meanwhile."""
        run = self.start("ask", "Are you there?", *words, file=file)
        document = run.end(0)
        assert document["answer"] == "Hello from the stand-in.", document
        assert document["usage"]["total_tokens"] > 0, document
        return run.text()

    def scaled(self, file, *arguments):
        return self.start("scale", *arguments, file=file).end(0)

    def removed(self, file):
        """Destroys, first on paper: what that lists is what goes, each once, and nothing is left."""
        listed = self.start("destroy", "--dry-run", file=file).end(0)["deleted"]
        assert listed, "a dry run lists nothing"
        names = [(one["type"], one["name"]) for one in listed]
        assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
        document = self.start("destroy", "--yes", file=file).end(0)
        gone = {(one["type"], one["name"]) for one in document["deleted"]}
        missing = [name for name in names if name not in gone]
        assert not missing and document["left"] == [], (missing, document)
        assert self.left() == {}, self.left()
        for service, call, key, wanted in (
            ("cloudwatch", "describe_alarms", "MetricAlarms", {}),
            ("application-autoscaling", "describe_scalable_targets", "ScalableTargets",
             {"ServiceNamespace": "sagemaker"}),
            ("sagemaker", "list_inference_components", "InferenceComponents", {}),
        ):
            there = getattr(self.client(service), call)(**wanted)[key]
            assert there == [], there


def asynchronous(template):
    with Account(template) as cloud:
        file = cloud.manifest(ASYNC)
        cloud.deployed(file)
        status = cloud.start("status", file=file).end(0)
        assert status["endpoint"]["kind"] == "async", status
        cloud.asked(file)
        assert cloud.keys("async/") == [], "a request or its answer stays in the store"
        none = cloud.scaled(file, "0")
        assert (none["min"], none["max"], none["desired"]) == (0, 3, 0), none
        cloud.asked(file)
        assert cloud.deploy(file).end(0)["changed"] is False
        cloud.removed(file)
    return "an asynchronous endpoint is asked through S3, at zero instances too, and removed"


def component(template):
    with Account(template) as cloud:
        # Longer than the calls of one try.
        cloud.condition(waking="PT6M", updating="PT12M")
        file = cloud.manifest(COMPONENT)
        cloud.deployed(file)
        cloud.asked(file)
        two = cloud.scaled(file, "2")
        assert two["unit"] == "copies" and two["desired"] == 2, two
        # The copies of before are still on their way.
        none = cloud.scaled(file, "0")
        assert none["desired"] == 0, none
        cloud.start("status", "--watch", file=file).end(0)
        name = cloud.client("sagemaker").list_inference_components()["InferenceComponents"][0]
        held = cloud.client("sagemaker").describe_inference_component(
            InferenceComponentName=name["InferenceComponentName"])["RuntimeConfig"]
        assert held["CurrentCopyCount"] == 0, held
        said = cloud.asked(file, "--deadline", "60")
        assert "can't answer yet" in said, said
        cloud.asked(file)
        assert cloud.deploy(file).end(0)["changed"] is False
        cloud.removed(file)
        again = cloud.start("destroy", "--yes", file=file).end(0)
        assert again["deleted"] == [] and again["left"] == [], again
    return "a component scales to zero, is woken by a question, and is removed"


def history(template):
    with Account(template) as cloud:
        first = cloud.manifest(PLAIN)
        second = cloud.manifest(PLAIN, OTHER)
        cloud.deployed(first, revision=1)
        error(cloud.start("rollback", "--yes", file=first).end(2), "before 1, which runs")
        again = cloud.start("rollback", "1", "--yes", file=first).end(0)
        assert again["changed"] is False and again["revision"] == 1, again
        cloud.deployed(second, revision=2)
        back = cloud.start("rollback", "1", "--yes", file=second).end(0)
        assert back["changed"] and back["revision"] == 3 and back["smoke"] == "passed", back
        sagemaker = cloud.client("sagemaker")
        config = sagemaker.describe_endpoint(EndpointName="chat")["EndpointConfigName"]
        variant = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
        assert variant["InstanceType"] == INSTANCE, variant
        again = cloud.start("rollback", "1", "--yes", file=second).end(0)
        assert again["changed"] is False and again["revision"] == 3, again
        revisions = cloud.start("history", file=second).end(0)["revisions"]
        assert [one["number"] for one in revisions] == [3, 2, 1], revisions
        assert [one["rollback_of"] for one in revisions] == [1, None, None], revisions
        assert [one["instance"] for one in revisions] == [INSTANCE, OTHER, INSTANCE], revisions
        for one in revisions:
            assert one["state"] == "deployed" and "." not in one["at"] and one["at"].endswith("Z"), one
            time.strptime(one["at"], "%Y-%m-%dT%H:%M:%SZ")
        error(cloud.start("rollback", "9", "--yes", file=second).end(2), "1 to 3")
        cloud.removed(second)
    return "an earlier revision is put back once, and history tells it"


def locked(template):
    with Account(template) as cloud:
        file = cloud.manifest(PLAIN)
        moved = cloud.manifest(PLAIN, OTHER)
        cloud.deployed(file)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        held = {"id": "0badcafe", "who": "arn:aws:iam::123456789012:user/pipeline", "since": now, "renewed": now, **HOST}
        cloud.client("s3").put_object(
            Bucket=cloud.bucket(), Key="locks/default.json", Body=json.dumps(held).encode())
        for command in ("deploy", "destroy"):
            error(cloud.start(command, "--yes", file=moved).end(7), "user/pipeline", "on ci-7", now,
                  "slipway unlock 0badcafe")
        error(cloud.start("unlock", "ffffffff", file=file).end(2), "0badcafe", "user/pipeline")
        assert cloud.keys("locks/") == ["locks/default.json"]
        assert cloud.start("unlock", "0badcafe", file=file).end(0) == {"unlocked": "0badcafe"}
        assert cloud.keys("locks/") == []
        error(cloud.start("unlock", "0badcafe", file=file).end(2), "no run holds it")
        cloud.deployed(moved, revision=2)
        cloud.removed(moved)
    return "a lock that another host holds refuses a deploy, until its holder's id is unlocked"


def realtime(template):
    with Account(template) as cloud:
        cloud.condition(updating="PT12M")
        file = cloud.manifest(PLAIN)
        cloud.deployed(file)
        cloud.asked(file)
        plain = subprocess.run(
            [str(ROOT / "slipway"), "ask", "-f", str(file), "Are you there?"], cwd=cloud.folder,
            env=cloud.environment, capture_output=True, text=True, timeout=60)
        assert plain.returncode == 0 and plain.stdout.strip() == "Hello from the stand-in.", plain
        error(cloud.start("scale", "--min", "0", file=file).end(2), "endpoint.components: true")
        error(cloud.start("scale", "3", file=file).end(2), "from 1 to 2")
        more = cloud.scaled(file, "3", "--max", "4")
        assert (more["unit"], more["max"], more["desired"]) == ("instances", 4, 3), more
        # The instances of before are still on their way.
        fewer = cloud.scaled(file, "2")
        assert fewer["desired"] == 2, fewer
        cloud.start("status", "--watch", file=file).end(0)
        variant = cloud.client("sagemaker").describe_endpoint(EndpointName="chat")["ProductionVariants"][0]
        assert variant["CurrentInstanceCount"] == 2, variant
        # An update keeps the count that the endpoint was scaled to.
        cloud.deployed(cloud.manifest(PLAIN, OTHER), revision=2)
        variant = cloud.client("sagemaker").describe_endpoint(EndpointName="chat")["ProductionVariants"][0]
        assert variant["DesiredInstanceCount"] == 2, variant
        cloud.removed(file)
    return "a variant is asked, streamed and whole, scaled while it scales, and removed"


def main():
    if not (ROOT / "src/target/test-classes/dev/slipway/standin/wire/Main.class").exists():
        subprocess.run([str(ROOT / "mvnw"), "-q", "-B", "-ntp", "-Dquick", "-pl", "src", "test-compile"], check=True)
    began = time.monotonic()
    only = sys.argv[1:]
    cases = [case for case in (component, realtime, history, asynchronous, locked)
             if not only or case.__name__ in only]
    failed = 0
    with Account(None) as home, concurrent.futures.ThreadPoolExecutor(int(os.environ.get("LANES", "3"))) as lanes:
        # The templates are written once: each costs seconds.
        for endpoint, instance in ((PLAIN, INSTANCE), (PLAIN, OTHER), (ASYNC, INSTANCE), (COMPONENT, INSTANCE)):
            home.start("plan", "--offline", file=home.manifest(endpoint, instance)).end(0)
        print("ok the templates are written, in %d s" % (time.monotonic() - began), flush=True)
        running = {lanes.submit(case, home.folder): case for case in cases}
        for result in concurrent.futures.as_completed(running):
            try:
                print("ok", result.result(), flush=True)
            except Exception:
                failed += 1
                print("FAILED", running[result].__name__, flush=True)
                print(traceback.format_exc(), file=sys.stderr, flush=True)
    print("%d of %d held, in %d s" % (len(cases) - failed, len(cases), time.monotonic() - began))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
