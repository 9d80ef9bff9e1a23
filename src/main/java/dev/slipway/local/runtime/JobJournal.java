package dev.slipway.local.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.local.loopback.PrivateFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps asynchronous requests on disk, a file each, until they are done, so that a restart loses
 * none. One that was being worked on is begun again. Thread-safe.
 */
final class JobJournal {
  private static final Logger LOG = LoggerFactory.getLogger(JobJournal.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUFFIX = ".json";

  private final PrivateFolder folder;

  private JobJournal(PrivateFolder folder) {
    this.folder = folder;
  }

  static JobJournal in(Path folder) throws IOException {
    return new JobJournal(PrivateFolder.at(folder));
  }

  void add(AsyncJob job) throws IOException {
    folder.write(job.id() + SUFFIX, JSON.writeValueAsBytes(job));
  }

  void remove(AsyncJob job) throws IOException {
    Files.deleteIfExists(folder.file(job.id() + SUFFIX));
  }

  /** Returns what is not done, oldest first; a file that can't be read is told of and left. */
  List<AsyncJob> pending() throws IOException {
    List<AsyncJob> jobs = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.path(), "*" + SUFFIX)) {
      for (Path file : files) {
        try {
          jobs.add(JSON.readValue(Files.readAllBytes(file), AsyncJob.class));
        } catch (JsonProcessingException e) {
          LOG.warn("Skipping {}: it is not an asynchronous request", file);
        }
      }
    }
    jobs.sort(Comparator.comparingLong(AsyncJob::accepted).thenComparing(AsyncJob::id));
    return jobs;
  }
}
