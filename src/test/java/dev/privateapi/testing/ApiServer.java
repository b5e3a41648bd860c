package dev.privateapi.testing;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real kube-apiserver with its etcd, and the CRD of {@code crds/} installed. It has no controllers. */
public final class ApiServer implements AutoCloseable {

    /** Long, because on a machine without the binaries they are built first. */
    private static final Duration START = Duration.ofMinutes(20);

    private final Path data;
    private final Path kubeconfig;
    private final Path kubectl;
    private ServerProcess process;

    private ApiServer(Path data) {
        this.data = data;
        this.process = start(data, 0);
        this.kubeconfig = Path.of(process.ready().get("kubeconfig").asText());
        this.kubectl = Path.of(process.ready().get("kubectl").asText());
    }

    static ApiServer start() {
        try {
            var data = Files.createTempDirectory(ServerProcess.directory(), "kube-");
            var server = new ApiServer(data);
            server.installCrd();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerProcess start(Path data, int port) {
        return ServerProcess.start("API server", START,
                List.of("devkube", "up", "--dir", data.toString(), "--port", Integer.toString(port)));
    }

    private void installCrd() {
        try (var client = client("default");
                var file = Files.newInputStream(Path.of("crds", "privateapistacks.privateapi.dev-v1.yml"))) {
            var crd = client.apiextensions().v1().customResourceDefinitions().load(file);
            crd.serverSideApply();
            crd.waitUntilCondition(installed -> established(installed.getStatus()), 30, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The API server writes a status without conditions first. */
    private static boolean established(CustomResourceDefinitionStatus status) {
        return status != null && status.getConditions() != null && status.getConditions().stream()
                .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
    }

    /** It hangs: connections stay open, or are taken, and nothing answers, until {@link #resume}. */
    public void pause() {
        process.signal("STOP", "kube-apiserver");
    }

    public void resume() {
        process.signal("CONT", "kube-apiserver");
    }

    /** It and its etcd die: connections break, and none are taken, until {@link #startAgain}. */
    public void kill() {
        process.kill();
    }

    /** At the address and with the data and credentials of the one that died; returns when it is ready. */
    public void startAgain() {
        process = start(data, URI.create(process.ready().get("server").asText()).getPort());
    }

    /** Administrator's credentials, for whatever takes {@code KUBECONFIG}. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** The kubectl that belongs to this server. */
    public Path kubectl() {
        return kubectl;
    }

    /** A client with {@code namespace} as its default; the caller closes it. */
    public KubernetesClient client(String namespace) {
        var config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                .withNamespace(namespace)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public void close() {
        process.close();
    }
}
