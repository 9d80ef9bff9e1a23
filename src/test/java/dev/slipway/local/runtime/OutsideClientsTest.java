package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other languages' clients, as their users run them. Where a program is missing its tests are
 * skipped, by its name; with CI=true in the environment they fail instead.
 */
@Tag("outside")
class OutsideClientsTest {
  private static final int PATIENCE_SECONDS = 120;

  private Path folder;
  private RunningRuntime running;

  @BeforeEach
  void start(@TempDir Path temporary) {
    folder = temporary;
    running = new RunningRuntime(folder, RuntimeLimits.defaults(), OutsideClientsTest::answer);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private static void answer(StandInContainer.Request request) throws IOException {
    if (request.text().contains("fail")) {
      request.answer(418, "text/plain", "short and stout");
    } else if (request.text().contains("stream")) {
      try (OutputStream out = request.parts("text/event-stream")) {
        for (String word : List.of("data: Grüße", ", ", "Welt\n\n")) {
          request.part(out, word);
        }
      }
    } else {
      request.answer(200, "application/json", "{\"echo\":" + request.text() + "}");
    }
  }

  @Test
  void boto3InvokesWhole() {
    needs("python3", "-c", "import boto3");
    assertThat(
            python(
                """
                r = runtime.invoke_endpoint(EndpointName='chat', ContentType='application/json',
                    Accept='application/json', Body=b'{"q": 1}')
                print(r['Body'].read().decode(), r['ContentType'], r['InvokedProductionVariant'])
                """))
        .isEqualTo("{\"echo\":{\"q\": 1}} application/json AllTraffic\n");
  }

  @Test
  void boto3InvokesStreamed() {
    needs("python3", "-c", "import boto3");
    assertThat(
            python(
                """
                r = runtime.invoke_endpoint_with_response_stream(EndpointName='chat',
                    ContentType='application/json', Body=b'stream')
                text = b''.join(e['PayloadPart']['Bytes'] for e in r['Body']).decode()
                print(ascii(text), r['ContentType'])
                """))
        .isEqualTo("'data: Gr\\xfc\\xdfe, Welt\\n\\n' text/event-stream\n");
  }

  @Test
  void boto3ReadsSageMakersErrors() {
    needs("python3", "-c", "import boto3");
    assertThat(
            python(
                """
                for name, body in (('chat', b'fail'), ('none', b'x')):
                    try:
                        runtime.invoke_endpoint(EndpointName=name, Body=body)
                    except runtime.exceptions.ModelError as e:
                        print('ModelError', e.response['OriginalStatusCode'],
                              e.response['OriginalMessage'], e.response['LogStreamArn'])
                    except runtime.exceptions.ValidationError as e:
                        print('ValidationError', e.response['Error']['Message'])
                """))
        .isEqualTo(
            """
            ModelError 418 short and stout \
            arn:aws:logs:eu-west-1:000000000000:log-group:/aws/sagemaker/Endpoints/chat
            ValidationError Endpoint none of account 000000000000 not found.
            """);
  }

  @Test
  void boto3InvokesAsynchronouslyThroughTheLocalS3() {
    needs("python3", "-c", "import boto3");
    assertThat(
            python(
                """
                import time
                s3.create_bucket(Bucket='inputs',
                    CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})
                s3.put_object(Bucket='inputs', Key='a b/q.json', Body=b'{"q": 2}',
                    ContentType='application/json')
                r = runtime.invoke_endpoint_async(EndpointName='chat',
                    InputLocation='s3://inputs/a b/q.json', InferenceId='mine')
                bucket, key = r['OutputLocation'][5:].split('/', 1)
                s3.get_waiter('object_exists').wait(Bucket=bucket, Key=key,
                    WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
                o = s3.get_object(Bucket=bucket, Key=key)
                print(r['ResponseMetadata']['HTTPStatusCode'], r['InferenceId'],
                      o['Body'].read().decode(), o['ContentType'])
                """))
        .isEqualTo("202 mine {\"echo\":{\"q\": 2}} application/json\n");
  }

  @Test
  void boto3PutsListsAndGetsObjectsAndUploadsInParts() {
    needs("python3", "-c", "import boto3");
    assertThat(
            python(
                """
                import io, os
                from boto3.s3.transfer import TransferConfig
                s3.create_bucket(Bucket='things',
                    CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})
                odd = '../ü/%2F +&?#"<é>.txt'
                s3.put_object(Bucket='things', Key=odd, Body='Grüße'.encode(),
                    Metadata={'who': 'me'}, ChecksumAlgorithm='SHA256')
                big = os.urandom(17 * 1024 * 1024)
                s3.upload_fileobj(io.BytesIO(big), 'things', 'big/one.bin',
                    Config=TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20))
                out = io.BytesIO()
                s3.download_fileobj('things', 'big/one.bin', out,
                    Config=TransferConfig(multipart_threshold=1 << 20, multipart_chunksize=5 << 20))
                print(out.getvalue() == big)
                print([c['Key'] == odd for c in s3.list_objects_v2(Bucket='things', Prefix='..')['Contents']])
                print([p['Prefix'] for p in s3.list_objects_v2(Bucket='things', Delimiter='/')['CommonPrefixes']])
                o = s3.get_object(Bucket='things', Key=odd, ChecksumMode='ENABLED')
                print(ascii(o['Body'].read().decode()), o['Metadata'], 'ChecksumSHA256' in o)
                print(s3.get_object(Bucket='things', Key='big/one.bin', Range='bytes=5-9')['Body'].read() == big[5:10])
                s3.copy_object(Bucket='things', Key='copy', CopySource={'Bucket': 'things', 'Key': odd})
                print(s3.head_object(Bucket='things', Key='copy')['ContentLength'])
                r = s3.delete_objects(Bucket='things',
                    Delete={'Objects': [{'Key': k} for k in ('copy', odd, 'big/one.bin')]})
                print(len(r['Deleted']), s3.list_objects_v2(Bucket='things')['KeyCount'])
                s3.delete_bucket(Bucket='things')
                print([b['Name'] for b in s3.list_buckets()['Buckets']])
                """))
        .isEqualTo(
            """
            True
            [True]
            ['../', 'big/']
            'Gr\\xfc\\xdfe' {'who': 'me'} True
            True
            7
            3 0
            ['slipway-async']
            """);
  }

  @Test
  void theAwsCommandLineInvokes() throws IOException {
    needs("aws", "--version");
    Path answer = folder.resolve("answer");
    aws(
        "sagemaker-runtime",
        "invoke-endpoint",
        "--endpoint-name",
        "chat",
        "--body",
        file("{\"q\": 3}"),
        "--content-type",
        "application/json",
        answer.toString());
    assertThat(answer).hasContent("{\"echo\":{\"q\": 3}}");
  }

  @Test
  void theAwsCommandLineInvokesAsynchronously() throws IOException {
    needs("aws", "--version");
    aws("s3", "mb", "s3://inputs");
    Path input = Files.writeString(folder.resolve("in.json"), "{\"q\": 4}");
    aws("s3", "cp", input.toString(), "s3://inputs/in.json");
    String told =
        aws(
                "sagemaker-runtime",
                "invoke-endpoint-async",
                "--endpoint-name",
                "chat",
                "--input-location",
                "s3://inputs/in.json",
                "--query",
                "OutputLocation",
                "--output",
                "text")
            .trim();
    aws(
        "s3api",
        "wait",
        "object-exists",
        "--bucket",
        "slipway-async",
        "--key",
        told.substring("s3://slipway-async/".length()));
    assertThat(aws("s3", "cp", told, "-")).isEqualTo("{\"echo\":{\"q\": 4}}");
  }

  @Test
  void theAwsCommandLineCopiesAndListsALargeFile() throws IOException {
    needs("aws", "--version");
    byte[] bytes = new byte[9 << 20];
    new Random(7).nextBytes(bytes);
    Path file = Files.write(folder.resolve("large.bin"), bytes);
    Path back = folder.resolve("back.bin");
    aws("s3", "mb", "s3://large");
    aws("s3", "cp", file.toString(), "s3://large/a/large.bin");
    assertThat(aws("s3", "ls", "s3://large/a/")).contains("9437184 large.bin");
    aws("s3", "cp", "s3://large/a/large.bin", back.toString());
    assertThat(back).hasBinaryContent(bytes);
    aws("s3", "rb", "s3://large", "--force");
    assertThat(aws("s3", "ls")).doesNotContain("large");
  }

  private String file(String text) throws IOException {
    return "fileb://" + Files.writeString(folder.resolve("body"), text);
  }

  private String python(String script) {
    return run(
        List.of(
            "python3",
            "-c",
            """
            import boto3
            runtime = boto3.client('sagemaker-runtime')
            s3 = boto3.client('s3')
            """
                + script));
  }

  private String aws(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("aws"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private String run(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.endsWith("_PROXY"));
    environment.putAll(
        Map.of(
            "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", running.runtime.url().toString(),
            "AWS_ENDPOINT_URL_S3", running.objects.url().toString(),
            "AWS_ACCESS_KEY_ID", "any",
            "AWS_SECRET_ACCESS_KEY", "any",
            "AWS_REGION", "eu-west-1",
            "AWS_DEFAULT_REGION", "eu-west-1",
            "AWS_CONFIG_FILE", folder.resolve("no-config").toString(),
            "AWS_SHARED_CREDENTIALS_FILE", folder.resolve("no-credentials").toString(),
            "AWS_MAX_ATTEMPTS", "1"));
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("PYTHONIOENCODING", "utf-8");
    return finished(builder, 0);
  }

  private static void needs(String... probe) {
    boolean there;
    try {
      there = exit(new ProcessBuilder(probe).redirectErrorStream(true)) == 0;
    } catch (UncheckedIOException e) {
      there = false;
    }
    String missing = "not on this machine: " + String.join(" ", probe);
    if ("true".equals(System.getenv("CI"))) {
      assertThat(there).as(missing).isTrue();
    }
    assumeTrue(there, missing);
  }

  private static int exit(ProcessBuilder builder) {
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String finished(ProcessBuilder builder, int expected) {
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isEqualTo(expected);
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
