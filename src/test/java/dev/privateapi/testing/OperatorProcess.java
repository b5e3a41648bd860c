package dev.privateapi.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** The operator's jar as users run it, between a real API server and a sandbox AWS. */
public final class OperatorProcess implements AutoCloseable {

    private static final Path JAR = Path.of("target", "private-api-operator.jar");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final int LAST_LINES = 15;

    private final Process process;
    private final URI address;
    private final Path log;

    private OperatorProcess(Process process, URI address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /** Starts it for one namespace and returns when it is ready. {@code settings} go over the ones it needs. */
    public static OperatorProcess start(Cluster cluster, Sandbox sandbox, Map<String, String> settings) {
        OperatorProcess operator = launch(cluster, sandbox, settings);
        operator.awaitReady();
        return operator;
    }

    /** How it ended by itself, and everything that it said. */
    public record Ended(int exitCode, String said) {}

    /** Starts it without something that it needs, given as an empty setting, and waits until it has ended. */
    public static Ended ended(Cluster cluster, Sandbox sandbox, Map<String, String> settings) {
        try (OperatorProcess operator = launch(cluster, sandbox, settings)) {
            return new Ended(operator.exitCode(), Files.readString(operator.log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OperatorProcess launch(Cluster cluster, Sandbox sandbox, Map<String, String> settings) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is missing: run this through `mvn verify`, which builds it first");
        }
        try {
            int port = freePort();
            Path log = Files.createTempFile(ServerProcess.directory(), "operator-" + cluster.namespace() + "-", ".log");
            var builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-jar", JAR.toString());
            var environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("PRIVATEAPI_"));
            environment.putAll(Map.of(
                    "KUBECONFIG", cluster.server().kubeconfig().toString(),
                    "AWS_ENDPOINT_URL", sandbox.endpoint().toString(),
                    "AWS_REGION", "ap-northeast-1",
                    "AWS_ACCESS_KEY_ID", "sandbox",
                    "AWS_SECRET_ACCESS_KEY", "sandbox",
                    "AWS_EC2_METADATA_DISABLED", "true",
                    "PRIVATEAPI_HTTP_PORT", Integer.toString(port),
                    "PRIVATEAPI_CLUSTER_ID", "test",
                    "PRIVATEAPI_LEADER_ELECTION", "false",
                    "PRIVATEAPI_WATCH_NAMESPACES", cluster.namespace()));
            environment.putAll(settings);
            environment.values().removeIf(String::isEmpty);
            var process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
            return new OperatorProcess(process, URI.create("http://127.0.0.1:" + port), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() {
        try {
            Awaitility.await("the operator's /readyz, log in " + log).atMost(START)
                    .failFast("it ended; see " + log, () -> !process.isAlive())
                    .until(() -> status("/readyz") == 200);
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private int status(String path) {
        try {
            return get(path).statusCode();
        } catch (IOException e) {
            return 0; // not listening yet
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** As Prometheus reads them. */
    public String metrics() {
        try {
            return get("/metrics").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a failure's message. */
    public Path log() {
        return log;
    }

    /** How it is and what it said last, for the message of a failure that nobody can look at any more. */
    public String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return (isAlive() ? "running" : "ended with " + process.exitValue()) + "; the last of " + log + ":\n  "
                    + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it has ended by itself. */
    public int exitCode() {
        try {
            if (!process.waitFor(START)) {
                throw new AssertionError("It has not ended; see " + log);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As a node that loses power: nothing is finished, nothing released. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
