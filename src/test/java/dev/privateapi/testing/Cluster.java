package dev.privateapi.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one test class has of the shared API server: a namespace of its own, and a client whose default it is. */
public record Cluster(ApiServer server, String namespace, KubernetesClient client) implements AutoCloseable {

    private static final Duration KUBECTL = Duration.ofSeconds(60);

    /** What a run of kubectl came to. */
    public record Output(int exitCode, String stdout, String stderr) {}

    /** Runs kubectl in this class's namespace, with {@code input} on its stdin. */
    public Output kubectl(String input, List<String> arguments) {
        var command = new ArrayList<>(List.of(
                server.kubectl().toString(),
                "--kubeconfig=" + server.kubeconfig(),
                "--cache-dir=" + server.kubeconfig().resolveSibling("kubectl-cache"),
                "--namespace=" + namespace));
        command.addAll(arguments);
        try {
            var directory = server.kubeconfig().getParent();
            var stdin = Files.writeString(Files.createTempFile(directory, "stdin", ""), input);
            var stdout = Files.createTempFile(directory, "stdout", "");
            var stderr = Files.createTempFile(directory, "stderr", "");
            var process = new ProcessBuilder(command)
                    .redirectInput(stdin.toFile())
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile())
                    .start();
            if (!process.waitFor(KUBECTL)) {
                process.destroyForcibly();
                throw new IllegalStateException("no end within " + KUBECTL.toSeconds() + " s: " + command);
            }
            return new Output(
                    process.exitValue(),
                    Files.readString(stdout, StandardCharsets.UTF_8),
                    Files.readString(stderr, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + command, e);
        }
    }

    /** Runs kubectl in this class's namespace. */
    public Output kubectl(String... arguments) {
        return kubectl("", List.of(arguments));
    }

    @Override
    public void close() {
        client.close();
    }
}
