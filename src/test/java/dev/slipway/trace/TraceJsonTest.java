package dev.slipway.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceJsonTest {
  @Test
  void writesEveryFieldInSnakeCase() throws IOException {
    String expected =
        """
        {"id": "00000000000000000000000000000007", "request_id": "request-7",
         "started": "2026-01-01T00:00:07.123456Z", "route": "/rag", "deployment": "chat",
         "model": "chat-model", "revision": "abc123",
         "query": "Wo liegt der Hafen? 🚢 '; DROP TABLE trace; --",
         "retrieved": [{"id": "p1", "score": 0.75}, {"id": "p2", "score": 0.5}],
         "prompt": "user: Wo?", "answer": "Am Meer.", "prompt_tokens": 17,
         "completion_tokens": 3, "finish_reason": "stop",
         "timings": {"search": 1.234, "embed": 3.0, "total": 2000.0},
         "steps": [
           {"name": "search", "start": 3.0, "time": 1.234, "notes": {"filter": "{author: 'me'}"}},
           {"name": "embed", "start": 0.0, "time": 3.0, "notes": {}},
           {"name": "total", "start": 0.0, "time": 2000.0, "notes": {}}],
         "error": null, "parent": null, "tenant": null, "feedback": []}
        """;

    assertThat(new JsonMapper().readTree(TraceJson.of(Traces.numbered(7)).toString()))
        .isEqualTo(new JsonMapper().readTree(expected));
  }

  @Test
  void writesNullForWhatIsNotKnown() {
    assertThat(TraceJson.of(List.of(Traces.bare(1))).get(0).toString())
        .contains("\"prompt_tokens\":null", "\"finish_reason\":null", "\"retrieved\":[]")
        .contains("\"error\":\"endpoint_timeout\"", "\"timings\":{}");
  }
}
