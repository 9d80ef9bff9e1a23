package dev.slipway.cli;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.local.StateFolder;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelSource;
import dev.slipway.rag.index.IndexProgress;
import dev.slipway.rag.index.IndexReport;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageSize;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway index}. */
@Command(
    name = "index",
    description = {
      "Brings a collection in step with files and folders: Markdown, text, HTML, PDF.",
      "Run again, it updates what changed and deletes what is gone; interrupted, it loses nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway index docs/ handbook.pdf",
      "  slipway index -f slipway.yaml --collection posts exported/posts"
    })
final class IndexCommand extends SlipwayAction {
  @Mixin private ManifestOptions manifest = new ManifestOptions();

  @Parameters(arity = "1..*", paramLabel = "PATH", description = "files and folders")
  private List<Path> paths = List.of();

  @Option(
      names = {"-c", "--collection"},
      paramLabel = "NAME",
      description = "one of the manifest's collections (default: its first)")
  private @Nullable String collection;

  IndexCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var selection = manifest.select(surroundings());
    var selected = selection.manifest();
    List<String> known = selected.rag().collections();
    String name = collection == null ? known.getFirst() : collection;
    if (!known.contains(name)) {
      throw new UsageFailure(
          "Cannot index into \"" + name + "\"",
          "the manifest's collections are " + String.join(", ", known),
          "Choose one of them, or add it to rag.collections.");
    }
    StateFolder folder =
        new StateFolder(surroundings().home().deployment(selected.name(), selected.environment()));
    folder.create();
    PassagePlace place = StoreKey.place(selected, folder.index(), surroundings().environment());
    OptionalInt window = contextLength(selection, folder);
    PassageSize size =
        window.isPresent() ? PassageSize.fitting(window.getAsInt()) : PassageSize.standard();
    IndexReport report = index(place, selection.base(surroundings()), size, name);
    if (json()) {
      console().json(document(report));
    } else {
      tell(report);
    }
    return ExitCode.DONE;
  }

  /** Returns the model's window, since a small one wants small passages. */
  private OptionalInt contextLength(ManifestOptions.Selection selection, StateFolder folder) {
    var spec = selection.manifest().model();
    var model =
        new PinnedModel(
            surroundings()
                .adapters()
                .models(surroundings().home().cache(), selection.manifest().region()),
            spec,
            selection.manifest().folder(),
            selection.lock(folder));
    Optional<Lock> lock = model.lock();
    if (lock.isPresent()) {
      return lock.get().facts().contextLength();
    }
    return switch (spec.source()) {
      case ModelSource.LocalPath _ -> model.resolve().facts().contextLength();
      case ModelSource.HuggingFace _, ModelSource.S3Prefix _, ModelSource.ModelPackage _ -> {
        try {
          yield model.resolve().facts().contextLength();
        } catch (OperationFailed | CloudFailure e) {
          // Documents can be indexed without the model; its window only makes passages fit better.
          console().say("Not knowing the model's window, using the usual size: " + e.getMessage());
          yield OptionalInt.empty();
        }
      }
    };
  }

  private IndexReport index(PassagePlace place, Path base, PassageSize size, String name) {
    if (!console().terminal()) {
      return surroundings().adapters().index(place, base, size, paths, name, IndexProgress.none());
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("Indexing")
            .setStyle(ProgressBarStyle.ASCII)
            .setUnit(" documents", 1)
            .build()) {
      return surroundings()
          .adapters()
          .index(
              place,
              base,
              size,
              paths,
              name,
              step -> {
                bar.maxHint(step.total());
                bar.stepTo(step.done());
                bar.setExtraMessage(Path.of(step.source()).getFileName().toString());
              });
    }
  }

  private void tell(IndexReport report) {
    console()
        .say(
            "Collection "
                + report.collection()
                + ": "
                + report.documents()
                + " documents, "
                + report.chunks()
                + " passages ("
                + report.added()
                + " added, "
                + report.updated()
                + " updated, "
                + report.deleted()
                + " deleted).");
    report
        .skipped()
        .forEach(
            s ->
                console()
                    .say(
                        "  skipped " + s.count() + ": " + s.reason() + ", such as " + s.example()));
    report.problems().forEach(p -> console().say("  not read: " + p.source() + ": " + p.text()));
    report.notes().forEach(n -> console().say("  note: " + n.source() + ": " + n.text()));
    console().plain("Ask about them: slipway ask \"...\"");
  }

  private static Map<String, Object> document(IndexReport report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("collection", report.collection());
    document.put("documents", report.documents());
    document.put("chunks", report.chunks());
    document.put("added", report.added());
    document.put("updated", report.updated());
    document.put("deleted", report.deleted());
    document.put("skipped", report.skipped());
    document.put("problems", report.problems());
    return document;
  }
}
