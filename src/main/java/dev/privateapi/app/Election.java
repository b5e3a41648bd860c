package dev.privateapi.app;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of several processes works, by a lease. */
final class Election {

    private static final Logger LOG = LoggerFactory.getLogger(Election.class);
    private static final String LEASE = "private-api-operator";

    private Election() {}

    /**
     * JOSDK's own reaction to a lost lease is {@code System.exit}, whose shutdown hook waits for the thread that called it.
     * Here a lost lease ends the process at once: whoever has it now may already write. At an ordered end the lease is
     * given up on purpose, and nothing has to be done about that.
     *
     * @param leads what this process does from when on it leads, beside working on stacks
     */
    static LeaderElectionConfiguration configuration(
            KubernetesClient client, Settings settings, String identity, BooleanSupplier stopping, Runnable leads) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(lease(settings))
                .withLeaseNamespace(namespace(client, settings))
                .withIdentity(identity)
                .withExitOnStopLeading(false)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> {
                            LOG.info("Leading: this process works from now on");
                            leads.run();
                        },
                        () -> {
                            if (!stopping.getAsBoolean()) {
                                LOG.error("The lease is lost: ending at once, so that two processes never work at the same time");
                                Runtime.getRuntime().halt(1);
                            }
                        },
                        leader -> LOG.info("The leader is {}", leader)))
                .build();
    }

    /** Installations that watch different stacks do not exclude each other. */
    private static String lease(Settings settings) {
        String share = settings.labelSelector() + "|" + new TreeSet<>(settings.watchNamespaces());
        return share.equals("|[]") ? LEASE : LEASE + "-" + Integer.toHexString(share.hashCode());
    }

    private static String namespace(KubernetesClient client, Settings settings) {
        return Optional.of(settings.leaseNamespace()).filter(given -> !given.isEmpty())
                .or(() -> Optional.ofNullable(client.getConfiguration().getNamespace()))
                .orElse("default");
    }
}
