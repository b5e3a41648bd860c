package dev.privateapi.app;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.AwsTargets;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** What has to be there before it makes sense to begin: each lack is one line that says what to do. */
final class Checks {

    private static final Logger LOG = LoggerFactory.getLogger(Checks.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private Checks() {}

    /** @throws StartException if there is no API server, it does not let the operator in, or it does not know the CRD */
    static void kubernetes(KubernetesClient client, Set<String> namespaces) {
        String server = client.getConfiguration().getMasterUrl();
        try {
            var stacks = client.resources(PrivateApiStack.class);
            (namespaces.isEmpty() ? stacks.inAnyNamespace() : stacks.inNamespace(namespaces.iterator().next()))
                    .list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder().withLimit(1L).build());
        } catch (KubernetesClientException e) {
            throw new StartException(switch (Math.max(0, e.getCode())) { // negative, or 0, for what got no answer
                case 0 -> "No Kubernetes API server answers at " + server + " (" + root(e)
                        + "): set KUBECONFIG to a file that names one, or run in a cluster.";
                case 401 -> "The Kubernetes API server at " + server + " does not accept the operator's credentials:"
                        + " renew those in KUBECONFIG, or the ServiceAccount's token.";
                case 403 -> "The operator may not list privateapistacks at " + server
                        + ": bind the ClusterRole of the Helm chart to its ServiceAccount.";
                case 404 -> "The API server at " + server + " does not know PrivateApiStack: install the CRD with"
                        + " kubectl apply --server-side -f crds/, then start again.";
                default -> "The API server at " + server + " fails: " + e.getMessage();
            });
        }
    }

    /** @throws StartException if the namespace kube-system, whose uid stands for the cluster, cannot be read */
    static String clusterId(KubernetesClient client, Settings settings) {
        return settings.givenClusterId().orElseGet(() -> {
            try {
                Namespace system = client.namespaces().withName("kube-system").get();
                if (system != null) {
                    return system.getMetadata().getUid();
                }
            } catch (KubernetesClientException e) {
                LOG.debug("The namespace kube-system could not be read", e);
            }
            throw new StartException("The operator's objects on AWS need the cluster's id in their tags, and the namespace"
                    + " kube-system, whose uid it is, cannot be read: set PRIVATEAPI_CLUSTER_ID to a name that no other"
                    + " cluster in the account uses.");
        });
    }

    /** @throws StartException if nothing names a Region */
    static String region() {
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
        } catch (SdkClientException e) {
            throw new StartException("No AWS Region is set: set AWS_REGION to the one whose STS tells the operator who it is,"
                    + " such as ap-northeast-1. (Stacks name their own Regions.)");
        }
    }

    /**
     * Waits, and says so, as long as AWS cannot be reached: that passes by itself, and exiting would only add restarts.
     *
     * @throws StartException if AWS can be reached and does not know the operator
     */
    static AwsTargets.Identity aws(AwsTargets targets, String region) throws InterruptedException {
        while (true) {
            try {
                return targets.identity(region);
            } catch (RuntimeException e) {
                Problem problem = AwsErrors.problem(e);
                if (!problem.category().away()) {
                    throw new StartException("AWS does not know the operator: " + problem.message());
                }
                LOG.warn("Waiting for AWS: {}", problem.message());
                Thread.sleep(PAUSE);
            }
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + (root.getMessage() == null ? "" : ": " + root.getMessage());
    }
}
