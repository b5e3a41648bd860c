package dev.privateapi.testing;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class its {@link Cluster}: {@code @ExtendWith(OnApiServer.class)} and a parameter of that type. All classes
 * of one run share one server, started for the first of them and stopped after the last.
 */
public final class OnApiServer implements ParameterResolver {

    private static final Namespace STORE = Namespace.create(OnApiServer.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class;
    }

    @Override
    public Cluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var run = context.getRoot().getStore(STORE);
        var server = run.computeIfAbsent(ApiServer.class, _ -> ApiServer.start(), ApiServer.class);
        var namespace = namespaceOf(context.getRequiredTestClass());
        return run.computeIfAbsent(namespace, _ -> cluster(server, namespace), Cluster.class);
    }

    private static Cluster cluster(ApiServer server, String namespace) {
        var client = server.client(namespace);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        return new Cluster(server, namespace, client);
    }

    /** {@code CrdIT} and its nested classes get {@code crd-it}. */
    private static String namespaceOf(Class<?> test) {
        return test.getNestHost()
                .getSimpleName()
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }
}
