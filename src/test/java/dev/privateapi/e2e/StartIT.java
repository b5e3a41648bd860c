package dev.privateapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import dev.privateapi.testing.OperatorProcess;
import dev.privateapi.testing.OperatorProcess.Ended;
import dev.privateapi.testing.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An operator that cannot work says in one line what to do about it, and ends: a restart loop is seen, a silent one not. */
@ExtendWith(OnApiServer.class)
class StartIT {

    private static Sandbox sandbox;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        sandbox = Sandbox.start();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    private static void oneLine(Ended ended, String... parts) {
        assertThat(ended.exitCode()).as(ended.said()).isEqualTo(1);
        assertThat(ended.said().lines().filter(line -> line.startsWith("private-api-operator: "))).as(ended.said()).hasSize(1);
        assertThat(ended.said()).contains(parts).doesNotContain("\tat ");
    }

    @Test
    void withoutAnApiServer(Cluster cluster) throws IOException {
        Path nowhere = kubeconfig("http://127.0.0.1:1");

        oneLine(OperatorProcess.ended(cluster, sandbox, Map.of("KUBECONFIG", nowhere.toString())), "127.0.0.1:1", "KUBECONFIG");
    }

    @Test
    void withoutTheCrd(Cluster cluster) throws IOException {
        HttpServer bare = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bare.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        bare.start();
        try {
            Path config = kubeconfig("http://127.0.0.1:" + bare.getAddress().getPort());

            oneLine(OperatorProcess.ended(cluster, sandbox, Map.of("KUBECONFIG", config.toString())),
                    "does not know PrivateApiStack", "kubectl apply");
        } finally {
            bare.stop(0);
        }
    }

    private Path kubeconfig(String server) throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: it
                contexts: [{name: it, context: {cluster: it, user: it}}]
                clusters: [{name: it, cluster: {server: "%s"}}]
                users: [{name: it, user: {token: none}}]
                """.formatted(server));
    }

    @Test
    void withoutCredentials(Cluster cluster) {
        Ended ended = OperatorProcess.ended(cluster, sandbox, Map.of(
                "AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "", "HOME", directory.toString(),
                "AWS_CONFIG_FILE", "/dev/null", "AWS_SHARED_CREDENTIALS_FILE", "/dev/null"));

        oneLine(ended, "no AWS credentials", "IRSA");
    }

    @Test
    void withoutARegion(Cluster cluster) {
        Ended ended = OperatorProcess.ended(cluster, sandbox, Map.of(
                "AWS_REGION", "", "AWS_CONFIG_FILE", "/dev/null", "AWS_SHARED_CREDENTIALS_FILE", "/dev/null"));

        oneLine(ended, "AWS_REGION");
    }

    @Test
    void withASettingThatIsNone(Cluster cluster) {
        oneLine(OperatorProcess.ended(cluster, sandbox, Map.of("PRIVATEAPI_DRIFT_INTERVAL", "often")),
                "PRIVATEAPI_DRIFT_INTERVAL", "5m");
    }
}
