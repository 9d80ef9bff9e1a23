#!/usr/bin/env python3
"""Deploys the service on ECS with the real command line: to moto (fargate_moto.py), and to the stand-in.

In the stand-in tasks start, fail and drain; deploys are killed on the way, and the next one has to go on.
"""
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
import traceback

from fargate_moto import REPOSITORY, SECRET, SERVICE, VARIABLE, Hop, against_moto, manifest, planned_image, put_image
from interrupted_deploy import ROOT, error
from kinds_deploy import Account


class Fleet(Account):
    """A stand-in with a network, an index and a load balancer that is reached."""

    API = "{host: fargate, keys: 'secret:%s', fargate: {vpc: vpc-0123456789abcdef0, min: 2, log_days: %d, " \
          "subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}}"

    # By the manifest's name: the same manifest is the same image, and each plan costs seconds.
    tags = {}

    def __init__(self, template):
        super().__init__(template)
        self.balancer = Hop()
        self.environment[VARIABLE] = "slw_abcdefgh_" + "k" * 38
        self.serving = self.serves("serving.yaml", 7)
        self.other = self.serves("other.yaml", 14)
        self.condition(balancer=self.balancer.address)

    def __exit__(self, *_):
        self.balancer.close()
        super().__exit__()

    def serves(self, name, log_days):
        path = self.folder / name
        path.write_text(manifest(self.API % (SECRET, log_days)))
        return path

    def stored(self):
        """Deploys the endpoint alone, which brings the repository, and puts the image into it."""
        plain = self.folder / "plain.yaml"
        plain.write_text(manifest("{host: local}"))
        assert self.deploy(plain).end(0)["service"] is None
        self.put_image(self.serving)
        return self

    def put_image(self, file):
        if file.name not in self.tags:
            self.tags[file.name] = planned_image(self.start("plan", file=file))
        put_image(self, self.tags[file.name])

    def service(self):
        """Describes the one service that is not gone; absent if there is none."""
        for resource in self.client("cloudformation").describe_stack_resources(StackName=SERVICE)["StackResources"]:
            if resource["ResourceType"] == "AWS::ECS::Service":
                arn = resource["PhysicalResourceId"]
                found, = self.client("ecs").describe_services(
                    cluster=arn.split("/")[1], services=[arn])["services"]
                return found
        return None

    def whole(self):
        """What an undisturbed run and a disturbed one must agree on: generated names left out."""
        state = self.state()
        service = self.service()
        state["tasks"] = (service["status"], service["runningCount"], service["desiredCount"],
                          service["deployments"][0]["rolloutState"])
        return {key: state[key] for key in ("stacks", "objects", "locks", "deployed", "endpoints", "configs",
                                            "models", "tasks")}


def fleet(template):
    with Fleet(template) as cloud:
        cloud.stored()
        first = cloud.deployed(cloud.serving, revision=2)
        assert first["service"]["asked"] == "answered", first
        assert cloud.keys("index/") == [first["service"]["index"]], cloud.keys("index/")
        service = cloud.service()
        assert (service["runningCount"], service["desiredCount"]) == (2, 2), service
        targets = cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
        target, = targets["ScalableTargets"]
        assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4), target
        assert cloud.deploy(cloud.serving).end(0)["changed"] is False
        status = cloud.start("status", file=cloud.serving).end(0)["service"]
        assert status == {"url": "http://" + cloud.balancer.address, "status": "running", "now": 2, "desired": 2}
        cloud.put_image(cloud.other)
        plan = cloud.start("plan", file=cloud.other).end(0)["changes"]
        assert ("AWS::Logs::LogGroup", "update") in [(one["type"], one["action"]) for one in plan], plan
        cloud.deployed(cloud.other, revision=3, smoke="passed")
        back = cloud.start("rollback", "2", "--yes", file=cloud.other).end(0)
        assert back["changed"] and back["revision"] == 4, back
        assert back["service"]["image"] == first["service"]["image"], back
        log, = [one for one in json.loads(cloud.whole()["stacks"][SERVICE][1])["Resources"].values()
                if one["Type"] == "AWS::Logs::LogGroup"]
        assert log["Properties"]["RetentionInDays"] == 7, log
        cloud.removed(cloud.serving)
        targets = cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
        assert targets["ScalableTargets"] == [], targets
    return "a service comes up, is changed, put back and removed"


def failing(template):
    with Fleet(template) as cloud:
        cloud.stored()
        # A stack that fails takes log and service away: they must be looked at while they are there.
        cloud.condition(per_call="PT1S", starting="PT20S", unhealthy={
            "image": REPOSITORY, "lines": ["Starting", "Cannot use the index s3://store/x.zip: it was deleted."]})
        run = cloud.deploy(cloud.serving)
        failure = error(run.end(5), "tasks failed to start", "Cannot use the index")
        assert failure["code"] == "service_failed", failure
        assert cloud.client("sagemaker").describe_endpoint(EndpointName="chat")["EndpointStatus"] == "InService"
        status = cloud.start("status", file=cloud.serving).end(0)
        assert status["service"]["status"] == "failed" and "Circuit Breaker" in status["last_error"], status
        cloud.condition(per_call="PT60S", healthy=True)
        good = cloud.deployed(cloud.serving)["service"]["image"]
        file = cloud.serves("third.yaml", 30)
        cloud.put_image(file)
        cloud.condition(per_call="PT1S", unhealthy={"image": REPOSITORY, "lines": ["Error: no room"]})
        error(cloud.deploy(file).end(1, 5), "no room")
        # The tasks of before can't come up again either, so somebody has to mend that first.
        cloud.condition(per_call="PT60S", healthy=True)
        assert cloud.deployed(file)["service"]["image"] != good
        cloud.removed(file)
    return "tasks that don't come up: exit 5 with their last words, and the next deploy heals"


KILLED = ["• storing the index", "• applying " + SERVICE, "CREATE_IN_PROGRESS           AWS::ECS::Service",
          "has started 1 tasks", "• asking the service"]


def killed(template, expected, step):
    with Fleet(template) as cloud:
        cloud.stored()
        cloud.deploy(cloud.serving).stopped_at(step, signal.SIGKILL).end(-signal.SIGKILL)
        document = cloud.deploy(cloud.serving).end(0)
        assert document["status"] == "running" and document["service"]["asked"] in ("answered", "skipped"), document
        agree(cloud.whole(), expected)
    return "kill -9 at %r: the next deploy goes on" % step


def told(template, expected, _):
    with Fleet(template) as cloud:
        cloud.stored()
        cloud.condition(per_call="PT1S", starting="PT40S")
        run = cloud.deploy(cloud.serving).stopped_at("has started 1 tasks", signal.SIGTERM)
        error(run.end(6), "status --watch")
        assert cloud.state()["locks"] == [], "the lock stays"
        watch = cloud.start("status", "--watch", file=cloud.serving)
        status = watch.end(0)
        assert status["service"]["status"] == "running", status
        assert SERVICE in watch.text() and "steady state" in watch.text(), watch.text()
        cloud.deploy(cloud.serving).end(0)
        agree(cloud.whole(), expected)
    return "SIGTERM while tasks start: exit 6, and status --watch follows them to their end"


def destroyed(template, expected, _):
    with Fleet(template) as cloud:
        cloud.stored()
        cloud.deployed(cloud.serving)
        run = cloud.start("destroy", "--yes", file=cloud.serving)
        run.stopped_at("DELETE_IN_PROGRESS           AWS::ECS::Service", signal.SIGKILL).end(-signal.SIGKILL)
        document = cloud.start("destroy", "--yes", file=cloud.serving).end(0)
        assert document["left"] == [] and cloud.left() == {}, (document, cloud.left())
        cloud.stored()
        cloud.deployed(cloud.serving)
        agree(cloud.whole(), expected)
    return "kill -9 while the service is removed: the next destroy leaves nothing, and a deploy begins anew"


def agree(state, expected):
    for key, value in expected.items():
        assert state[key] == value, "%s is %s\nand not %s" % (key, state[key], value)


def main():
    if not (ROOT / "src/target/test-classes/dev/slipway/standin/wire/Main.class").exists():
        subprocess.run([str(ROOT / "mvnw"), "-q", "-B", "-ntp", "-Dquick", "-pl", "src", "test-compile"], check=True)
    began = time.monotonic()
    only = sys.argv[1:]
    chosen = lambda name: not only or any(word in name for word in only)
    failed = ran = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("LANES", "3"))) as lanes:
        running = {}
        if chosen("moto"):
            running[lanes.submit(against_moto)] = "moto"
        cases = [(case,) for case in (fleet, failing) if chosen(case.__name__)]
        disturbed = [case for case in [(told, ""), (destroyed, "")] + [(killed, step) for step in KILLED]
                     if chosen(case[0].__name__ + " " + case[1])]
        home = None
        try:
            if cases or disturbed:
                home = Fleet(None)
                home.start("index", str(ROOT / "docs/fargate.md"), "--collection", "docs", file=home.serving).end(0)
                home.stored()
                home.deployed(home.serving)
                expected = home.whole()
                print("ok an undisturbed deploy, in %d s" % (time.monotonic() - began), flush=True)
                running.update({lanes.submit(case[0], home.folder, *case[1:]): case[0].__name__ for case in cases})
                running.update({lanes.submit(case[0], home.folder, expected, case[1]): " ".join(
                    (case[0].__name__, case[1])) for case in disturbed})
            for result in concurrent.futures.as_completed(running):
                ran += 1
                try:
                    print("ok", result.result(), flush=True)
                except Exception:
                    failed += 1
                    print("FAILED", running[result], flush=True)
                    print(traceback.format_exc(), file=sys.stderr, flush=True)
        finally:
            if home is not None:
                home.__exit__()
    print("%d of %d held, in %d s" % (ran - failed, ran, time.monotonic() - began))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
