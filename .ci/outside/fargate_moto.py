"""Deploys the service on ECS to moto with the real command line, and reads back with boto3 what it made.

The service itself runs too, as its task definition says, behind a small load balancer of this file's. moto starts no
tasks, and knows neither scaling nor alarms of templates: fargate_deploy.py does that against the stand-in.
"""
import ast
import concurrent.futures
import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3

from interrupted_deploy import INSTANCE, REGION, ROOT, TOO_LONG, Run
from kinds_deploy import PLAIN

SECRET, VARIABLE = "chat/api-keys", "SLIPWAY_SECRET_CHAT_API_KEYS"
SERVICE = "slipway-chat-api"
REPOSITORY = "slipway-chat-store"
CHAT = {"choices": [{"message": {"role": "assistant", "content": "Hello from moto."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}}
IMAGE = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
         "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2,
                    "digest": "sha256:" + "0" * 64}, "layers": []}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hop:
    """Takes requests, waits, and hands them on: a load balancer, or an endpoint that takes its time."""

    def __init__(self):
        self.target = None  # HOST:PORT; while there is none it lives, and asks for keys
        self.delay = 0
        self.open = 0
        hop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.hand_on()

            def do_POST(self):
                self.hand_on()

            def hand_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                # A proxy is asked for whole addresses.
                path = re.sub("^http://[^/]+", "", self.path)
                hop.open += 1
                try:
                    if hop.target is None:
                        known = self.headers.get("Authorization", "").startswith("Bearer slw_")
                        status, kind, answer = (200 if known or path == "/health/live" else 401), "text/plain", b""
                    else:
                        time.sleep(hop.delay)
                        connection = http.client.HTTPConnection(hop.target, timeout=60)
                        names = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                        connection.request(self.command, path, body, names)
                        said = connection.getresponse()
                        status, kind, answer = said.status, said.headers.get("Content-Type", ""), said.read()
                        connection.close()
                finally:
                    hop.open -= 1
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = "127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Moto:
    """moto's server, a home and a folder with manifests."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="slipway-fargate-"))
        port = free_port()
        self.url = "http://127.0.0.1:%d" % port
        self.log = open(self.folder / "moto.log", "w")
        self.process = subprocess.Popen(["moto_server", "-H", "127.0.0.1", "-p", str(port)], stdout=self.log,
                                        stderr=self.log, start_new_session=True)
        self.balancer = Hop()
        self.environment = {
            **os.environ, "AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true",
            "SLIPWAY_HOME": str(self.folder / "home"),
            # moto's load balancers have no address that leads anywhere: they are reached by a proxy.
            "JDK_JAVA_OPTIONS": "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%s -Dhttp.nonProxyHosts=127.0.0.1"
            % self.balancer.address.split(":")[1],
        }
        self.environment.pop(VARIABLE, None)
        waited(lambda: answers(self.url + "/moto-api/"), "moto starts")
        body = json.dumps({"account_id": "123456789012", "region": REGION, "results":
                           [{"Body": json.dumps(CHAT), "ContentType": "application/json"}] * 100}).encode()
        urllib.request.urlopen(urllib.request.Request(
            self.url + "/moto-api/static/sagemaker/endpoint-results", data=body, method="POST",
            headers={"Content-Type": "application/json"}), timeout=10).close()
        ec2 = self.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.%d.0/24" % at, AvailabilityZone=REGION + zone)
            ["Subnet"]["SubnetId"] for at, zone in enumerate("ab")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.balancer.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="testing",
                            aws_secret_access_key="testing")

    def manifest(self, api):
        path = self.folder / "slipway.yaml"
        path.write_text(manifest(api))
        return path

    def fargate(self, more=""):
        return "{host: fargate, keys: 'secret:%s', fargate: {vpc: %s, subnets: [%s], log_days: 7, min: 1}%s}" % (
            SECRET, self.vpc, ", ".join(self.subnets), more)

    def start(self, *arguments):
        return Run(self, [*arguments, "-f", str(self.folder / "slipway.yaml"), "--json"])


def manifest(api, endpoint=PLAIN):
    return ("name: chat\ntarget: aws\nregion: %s\nmodel: {source: 'file:%s'}\nrag: {collections: [docs]}\n"
            "endpoint: {server: vllm, instance: %s, smoke: {timeout: 20s}, %s}\napi: %s\n"
            % (REGION, ROOT / "demo-model", INSTANCE, endpoint, api))


def waited(condition, what, seconds=TOO_LONG):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long until " + what
        time.sleep(0.1)


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=5).close()
        return True
    except OSError:
        return False


def planned_image(run):
    """Returns the tag under which a plan says that the image is looked for."""
    changes = run.end(0)["changes"]
    repository, tag = next(one["name"] for one in changes if one["type"] == "Slipway::Image").split(":")
    assert repository == REPOSITORY, repository
    return tag


def put_image(cloud, tag):
    """Puts an image under a tag, as a pipeline does that builds its own; returns its digest."""
    content = json.dumps({**IMAGE, "tag": tag})
    image = cloud.client("ecr").put_image(
        repositoryName=REPOSITORY, imageTag=tag, imageManifest=content,
        imageDigest="sha256:" + hashlib.sha256(content.encode()).hexdigest())
    return image["image"]["imageId"]["imageDigest"]


def keys(moto):
    """Keys are kept in Secrets Manager as hashes, though an index of this deployment lies on this machine."""
    made = [moto.start("key", "create", "--name", name).end(0) for name in ("web", "old")]
    secrets = moto.client("secretsmanager")
    held = secrets.get_secret_value(SecretId=SECRET)["SecretString"]
    for key in made:
        assert key["key"].startswith("slw_" + key["id"]) and key["id"] in held, (key["id"], held)
        assert key["key"] not in held and key["key"].split("_")[2] not in held, "the secret holds a key"
    assert not list((moto.folder / "home").rglob("keys.json")), "a key went to this machine"
    moto.start("key", "revoke", made[1]["id"]).end(0)
    listed = moto.start("key", "list").end(0)["keys"]
    assert [key["id"] for key in listed] == [made[0]["id"]], listed
    assert made[1]["id"] not in secrets.get_secret_value(SecretId=SECRET)["SecretString"]
    return made[0]["key"]


def read_back(moto, service, digest):
    """Compares what boto3 finds with the manifest; returns the container of the tasks."""
    ecs, elb = moto.client("ecs"), moto.client("elbv2")
    cluster, = ecs.list_clusters()["clusterArns"]
    arn, = ecs.list_services(cluster=cluster)["serviceArns"]
    found, = ecs.describe_services(cluster=cluster, services=[arn])["services"]
    assert found["status"] == "ACTIVE", found
    task = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    assert task["family"] == SERVICE and task["memory"] == "4096", task
    container, = task["containerDefinitions"]
    assert container["image"] == service["image"] and container["image"].endswith("@" + digest), container
    assert container["readonlyRootFilesystem"] and container["user"] == "10001:10001", container
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}, container
    assert container["stopTimeout"] >= 30 and container["portMappings"][0]["containerPort"] == 8000, container
    assert container["logConfiguration"]["options"]["awslogs-group"] == "/slipway/chat/api", container
    assert "slw_" not in json.dumps(container), "a key is part of the task"
    balancer, = elb.describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal" and balancer["VpcId"] == moto.vpc, balancer
    assert sorted(zone["SubnetId"] for zone in balancer["AvailabilityZones"]) == sorted(moto.subnets), balancer
    group, = elb.describe_target_groups()["TargetGroups"]
    assert (group["Port"], group["TargetType"], group["HealthCheckPath"]) == (8000, "ip", "/health/live"), group
    door, = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert (door["Port"], door["Protocol"]) == (80, "HTTP"), door
    assert door["DefaultActions"][0]["TargetGroupArn"] == group["TargetGroupArn"], door
    groups = {one["GroupId"]: one for one in moto.client("ec2").describe_security_groups()["SecurityGroups"]}
    tasks, = [one for one in groups.values() if "TasksGroup" in one["GroupName"]]
    rule, = tasks["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (8000, 8000, []), rule
    assert rule["UserIdGroupPairs"][0]["GroupId"] == balancer["SecurityGroups"][0], rule
    log, = moto.client("logs").describe_log_groups(logGroupNamePrefix="/slipway/")["logGroups"]
    assert (log["logGroupName"], log["retentionInDays"]) == ("/slipway/chat/api", 7), log
    roles(moto)
    return container


def roles(moto):
    iam = moto.client("iam")
    allowed = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        if name.startswith(SERVICE):
            who = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
            assert who == "ecs-tasks.amazonaws.com", role
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                if isinstance(document, str):  # moto gives those of templates as Python writes them
                    document = ast.literal_eval(document)
                allowed[name.split("-")[3]] = {one["Sid"]: one for one in document["Statement"]}
    assert set(allowed) == {"TaskRole", "ExecutionRole"}, allowed
    task = allowed["TaskRole"]
    assert task["AskEndpoint"]["Resource"].endswith(":endpoint/chat"), task
    assert task["ReadIndex"]["Resource"].endswith("/index/default/*"), task
    assert ":secret:%s-" % SECRET in task["ReadKeys"]["Resource"], task
    assert "ReadKeys" not in allowed["ExecutionRole"], allowed
    for role in allowed.values():
        for sid, one in role.items():
            assert one["Resource"] != "*" or sid == "EcrLogin", (sid, one)


class Task:
    """The service as its task definition runs it, but for the port and the folder that it may write to."""

    def __init__(self, moto, container, runtime, home):
        self.port = free_port()
        self.url = "http://127.0.0.1:%d" % self.port
        command = [str(self.port) if word == "8000" else word for word in container["command"]]
        environment = {one["name"]: one["value"] for one in container["environment"]}
        assert environment["SLIPWAY_HOME"].startswith("/tmp/"), environment
        self.err = open(moto.folder / "task.err", "a+")
        self.process = subprocess.Popen(
            [str(ROOT / "slipway"), "serve", "-f", str(moto.folder / "slipway.yaml"), *command],
            cwd=moto.folder, stdout=subprocess.DEVNULL, stderr=self.err,
            env={**moto.environment, **environment, "SLIPWAY_HOME": str(home), "JDK_JAVA_OPTIONS": "",
                 "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": "http://" + runtime})

    def ready(self):
        waited(lambda: self.process.poll() is not None or answers(self.url + "/health/ready"), "the service is ready")
        assert self.process.poll() is None, self.said()
        return self

    def said(self):
        self.err.seek(0)
        return self.err.read()

    def ask(self, key, question="What does the load balancer ask?"):
        """Returns status and document of an answer; 0 where nothing answers."""
        request = urllib.request.Request(
            self.url + "/rag", data=json.dumps({"query": question}).encode(), method="POST",
            headers={"Content-Type": "application/json", "Authorization": "Bearer " + key})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, {}
        except OSError:
            return 0, {}

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.err.close()


def served(moto, container, key):
    """Runs the task twice in one home; returns its seconds from SIGTERM to its end, under load."""
    runtime = Hop()
    runtime.target = moto.url.removeprefix("http://")
    home = moto.folder / "task"
    try:
        for last in (False, True):
            task = Task(moto, container, runtime.address, home).ready()
            try:
                status, document = task.ask(key)
                assert status == 200 and document["answer"] == "Hello from moto.", (status, document, task.said())
                sources = [one["source"] for one in document["sources"]]
                assert sources and all(one.endswith(("fargate.md", "errors.md")) for one in sources), document
                assert task.ask("slw_abcdefgh_" + "0" * 38)[0] == 401
                if not last:
                    moto.balancer.target = task.url.removeprefix("http://")
                    moto.environment[VARIABLE] = key
                    document = moto.start("deploy", "--yes").end(0)
                    assert document["service"]["asked"] == "answered", document
                    moto.balancer.target = None
                    task.process.send_signal(signal.SIGTERM)
                    assert task.process.wait(30) == 143, task.said()
                    continue
                return drained(task, key, runtime)
            finally:
                task.close()
    finally:
        runtime.close()


def drained(task, key, runtime):
    runtime.delay = 3
    with concurrent.futures.ThreadPoolExecutor(8) as callers:
        open_before = [callers.submit(task.ask, key, "What is alarm %d?" % at) for at in range(8)]
        waited(lambda: runtime.open == 8, "eight questions are open")
        began = time.monotonic()
        task.process.send_signal(signal.SIGTERM)
        waited(lambda: not answers(task.url + "/health/ready"), "it is not ready any more", 2)
        assert task.process.poll() is None, "it did not wait for its questions"
        late, _ = task.ask(key)
        assert late in (0, 503), late
        for one in open_before:
            status, document = one.result()
            assert status == 200 and document["answer"] == "Hello from moto.", (status, document)
        assert task.process.wait(30) == 143, task.said()
        took = time.monotonic() - began
    assert took < 30, took
    assert "alarm" not in task.said() and key not in task.said(), "a question or the key is in the log"
    return took


def gone(moto, everything):
    """Lists what is there by type; moto itself leaves clusters, their services and target groups."""
    stacks = [one["StackName"] for one in moto.client("cloudformation").describe_stacks()["Stacks"]]
    assert SERVICE not in stacks, stacks
    left = {
        "load balancers": moto.client("elbv2").describe_load_balancers()["LoadBalancers"],
        "log groups": moto.client("logs").describe_log_groups(logGroupNamePrefix="/slipway/")["logGroups"],
        "roles": [one for one in moto.client("iam").list_roles()["Roles"] if one["RoleName"].startswith(
            "slipway" if everything else SERVICE)],
        "security groups": [one for one in moto.client("ec2").describe_security_groups()["SecurityGroups"]
                            if one["GroupName"].startswith("slipway")],
    }
    if everything:
        sagemaker = moto.client("sagemaker")
        left.update({
            "stacks": stacks,
            "endpoints": sagemaker.list_endpoints()["Endpoints"],
            "models": sagemaker.list_models()["Models"],
            "buckets": moto.client("s3").list_buckets()["Buckets"],
            "repositories": moto.client("ecr").describe_repositories()["repositories"],
        })
    assert not any(left.values()), {kind: found for kind, found in left.items() if found}


def against_moto():
    with Moto() as moto:
        moto.manifest("{host: local}")
        store = moto.start("deploy", "--yes").end(0)
        assert store["service"] is None, store
        moto.manifest(moto.fargate())
        indexed = moto.start("index", str(ROOT / "docs/fargate.md"), str(ROOT / "docs/errors.md"),
                             "--collection", "docs").end(0)
        assert indexed["documents"] == 2 and indexed["chunks"] > 10, indexed
        key = keys(moto)
        print("ok keys are made, listed and revoked in a secret that holds their hashes only", flush=True)
        digest = put_image(moto, planned_image(moto.start("plan")))
        first = moto.start("deploy", "--yes").end(0)
        service = first["service"]
        assert first["changed"] and first["revision"] == 2 and service["stack"] == SERVICE, first
        assert service["asked"] == "live", first
        snapshot = moto.client("s3").head_object(Bucket=first["bucket"], Key=service["index"])
        assert snapshot["ContentLength"] > 1000 and re.fullmatch(
            "index/default/[0-9a-f]{20}[.]zip", service["index"]), service
        container = read_back(moto, service, digest)
        index = "s3://%s/%s" % (first["bucket"], service["index"])
        assert container["command"] == ["--listen", "0.0.0.0", "--port", "8000", "--index", index], container
        print("ok what a deploy made is what the manifest says", flush=True)
        again = moto.start("deploy", "--yes").end(0)
        assert again["changed"] is False and again["service"]["asked"] == "skipped", again
        assert moto.start("plan", "--detailed-exitcode").end(0)["changes"] == []
        status = moto.start("status").end(0)
        assert status["target"] == "aws" and status["status"] == "running", status
        assert status["service"]["url"] == service["url"] and status["cost_per_hour"] > 0.05, status
        history = moto.start("history").end(0)["revisions"]
        assert [one["number"] for one in history] == [2, 1], history
        print("ok a second deploy changes nothing; status and history tell of it", flush=True)
        moto.manifest(moto.fargate(", limits: {requests_per_minute: 500}"))
        put_image(moto, planned_image(moto.start("plan")))
        took = served(moto, container, key)
        print("ok the task answers from its snapshot, through the load balancer too, and ends %d s after SIGTERM"
              % took, flush=True)
        moto.manifest("{host: local}")
        local = moto.start("deploy", "--yes").end(0)
        assert local["changed"] and local["service"] is None, local
        gone(moto, False)
        print("ok host: local takes the service away", flush=True)
        removed = moto.start("destroy", "--yes").end(0)
        assert removed["left"] == [] and removed["deleted"], removed
        gone(moto, True)
        assert moto.client("secretsmanager").list_secrets()["SecretList"], "the user's secret went, too"
    return "against moto, from the first key to the last resource"
