package dev.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts what is measured side by side, each in front of the same stub. */
final class Peers {
  static final String KEY = "bench-key-of-a-bench-that-ends-soon";

  private final Path folder;
  private final int stub;

  Peers(Path folder, int stub) {
    this.folder = folder;
    this.stub = stub;
  }

  /** Starts the service as {@code slipway serve} does: key, limits and traces are on. */
  Child slipway(int concurrency, String... options) throws IOException, InterruptedException {
    Path manifest = folder.resolve("slipway.yaml");
    Files.writeString(
        manifest,
        """
        name: bench
        region: eu-west-1
        model: {source: "s3://bench/model/"}
        endpoint: {kind: realtime, server: vllm, instance: ml.g5.2xlarge}
        api:
          keys: secret:bench
          limits: {concurrency: %d, requests_per_minute: 1000000}
        """
            .formatted(concurrency));
    int port = Child.freePort();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("slipway.classes"),
            "dev.slipway.cli.Main",
            "serve",
            "-f",
            manifest.toString(),
            "--port",
            Integer.toString(port)));
    Map<String, String> environment = new HashMap<>();
    environment.put("SLIPWAY_HOME", folder.resolve("home").toString());
    environment.put("SLIPWAY_SECRET_BENCH", KEY);
    environment.put("AWS_ACCESS_KEY_ID", "bench");
    environment.put("AWS_SECRET_ACCESS_KEY", "bench");
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "http://127.0.0.1:" + stub);
    return Child.start("slipway", folder, port, environment, command);
  }

  /** Starts nginx, one worker, which passes every byte on at once and keeps its connections. */
  Child nginx() throws IOException, InterruptedException {
    int port = Child.freePort();
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log stderr error;
        events { worker_connections 2048; }
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          upstream stub { server 127.0.0.1:%2$d; keepalive 512; }
          server {
            listen 127.0.0.1:%3$d;
            keepalive_requests 1000000;
            location / {
              proxy_pass http://stub;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
            }
          }
        }
        """
            .formatted(folder, stub, port));
    return Child.start(
        "nginx",
        folder,
        port,
        Map.of(),
        List.of("nginx", "-p", folder.toString(), "-c", configuration.toString()));
  }

  /** Starts FastAPI on uvicorn, one process: it checks key and body, asks the stub, and traces. */
  Child fastapi() throws IOException, InterruptedException {
    int port = Child.freePort();
    return Child.start(
        "fastapi",
        folder,
        port,
        Map.of(
            "STUB",
            "http://127.0.0.1:" + stub,
            "KEY",
            KEY,
            "TRACES",
            folder.resolve("fastapi.sqlite").toString(),
            "PYTHONDONTWRITEBYTECODE",
            "1"),
        List.of(
            "/usr/bin/python3",
            "-m",
            "uvicorn",
            "--app-dir",
            System.getProperty("slipway.bench"),
            "fastapi_peer:app",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--log-level",
            "warning",
            "--no-access-log"));
  }

  /** Starts Portkey's gateway from a folder that npm installed it into. */
  Child portkey(Path installed) throws IOException, InterruptedException {
    int port = Child.freePort();
    return Child.start(
        "portkey",
        folder,
        port,
        Map.of("NODE_ENV", "production", "TRUSTED_CUSTOM_HOSTS", "127.0.0.1,localhost"),
        List.of(
            "node",
            installed.resolve("node_modules/@portkey-ai/gateway/build/start-server.js").toString(),
            "--port=" + port,
            "--headless"));
  }

  /** Returns the headers that a peer is asked with. */
  Map<String, String> headers(String peer) {
    return peer.equals("portkey")
        ? Map.of(
            "x-portkey-provider",
            "openai",
            "x-portkey-custom-host",
            "http://127.0.0.1:" + stub + "/v1",
            "Authorization",
            "Bearer " + KEY)
        : Map.of("Authorization", "Bearer " + KEY);
  }
}
