package dev.privateapi.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** A sandbox AWS of the test's own, and its control API. The answers are JSON as {@code sandbox/README.md} describes it. */
public final class Sandbox implements AutoCloseable {

    /** Long, because on a machine without its Python packages they are installed first. */
    private static final Duration START = Duration.ofMinutes(5);

    private static final Duration CALL = Duration.ofSeconds(60);
    private static final String LAG_SECONDS = "2";

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ServerProcess process;

    private Sandbox(ServerProcess process) {
        this.process = process;
    }

    /**
     * New objects are unseen for some seconds, as on AWS: a test that passes only where every listing is up to date shows
     * nothing.
     *
     * @param options the sandbox's own, such as {@code --time-scale 100 --rates off}; the last of a name wins
     */
    public static Sandbox start(String... options) {
        var arguments = new ArrayList<>(List.of("privateapi_sandbox", "--port", "0", "--lag", LAG_SECONDS));
        arguments.addAll(List.of(options));
        return new Sandbox(ServerProcess.start("sandbox AWS", START, arguments));
    }

    /** For {@code AWS_ENDPOINT_URL}. */
    public URI endpoint() {
        return URI.create(process.ready().get("endpoint").asText());
    }

    /** The whole line that the sandbox printed when it was ready. */
    public JsonNode ready() {
        return process.ready();
    }

    /** The calls answered after the one numbered {@code seq}; 0 for all. */
    public List<JsonNode> journal(long seq) {
        return list(get("/journal?since=" + seq));
    }

    /** Forgets the journal so far. */
    public void resetJournal() {
        post("/journal/reset", Map.of());
    }

    /** Every live object. */
    public List<JsonNode> state() {
        return list(get("/state"));
    }

    /** The live objects that did not exist when the sandbox started. */
    public List<JsonNode> left() {
        return list(get("/left"));
    }

    /** The objects of the start that are gone or differ: what was foreign and touched. */
    public List<JsonNode> changed() {
        return list(get("/changed"));
    }

    /** Arranges a fault, such as {@code Map.of("operation", "CreateVpc", "kind", "cut-after", "nth", 1)}. */
    public JsonNode fault(Map<String, ?> fault) {
        return post("/faults", fault);
    }

    /** Ends all faults. */
    public void clearFaults() {
        send("DELETE", "/faults", null);
    }

    /**
     * Calls {@code url} as a client inside {@code vpc}: status and body, or the hop where it stopped.
     *
     * @param nameservers of the client's {@code /etc/resolv.conf}; none for the VPC's own Resolver
     */
    public JsonNode invoke(String vpc, List<String> nameservers, String url) {
        return post("/invoke", Map.of("vpc", vpc, "nameservers", nameservers, "method", "GET", "url", url));
    }

    /** Any other path of the control API. */
    public JsonNode get(String path) {
        return send("GET", path, null);
    }

    /** Any other path of the control API. */
    public JsonNode post(String path, Map<String, ?> body) {
        return send("POST", path, body);
    }

    private JsonNode send(String method, String path, Map<String, ?> body) {
        var uri = URI.create(endpoint() + "/_sandbox" + path);
        try {
            var content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json.writeValueAsString(body));
            var request = HttpRequest.newBuilder(uri).method(method, content).timeout(CALL);
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            var response = http.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(method + " " + uri + " answered " + response.statusCode() + ": " + response.body());
            }
            return json.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + uri + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method + " " + uri + " was interrupted", e);
        }
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    @Override
    public void close() {
        http.close();
        process.close();
    }
}
