package dev.privateapi.layers.apigateway;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deployments: snapshots of the API. They carry no tags and cannot be changed. Each says in its description what it holds,
 * as a digest of policy, endpoints and methods, so that an unchanged API is never deployed twice, also after a crash.
 */
final class Deployments implements Driver<Methods.Desired, Deployments.Deployment> {

    private static final int PAGE = 500;
    private static final String PREFIX = "PrivateApiStack ";

    private final Aws aws;

    Deployments(Aws aws) {
        this.aws = aws;
    }

    record Deployment(String restApiId, String id, String digest) {}

    @Override
    public Kind kind() {
        return Kind.DEPLOYMENT;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.REST_API, Kind.STAGE);
    }

    @Override
    public List<Live> observe(Sight sight) {
        return sight.seen(Kind.REST_API).stream()
                .flatMap(api -> list(api.id(), sight).stream())
                .map(deployment -> live(ApiLayer.DEPLOYMENT, deployment))
                .toList();
    }

    /** One that a stage serves cannot be deleted (API reference, DeleteDeployment): as long as it does, all is as it was. */
    private List<Deployment> list(String restApiId, Sight sight) {
        Query<List<Deployment>> query = new Query<>("apigateway:GetDeployments " + restApiId, () -> list(restApiId));
        Set<String> used = sight.seen(Kind.STAGE).stream().flatMap(stage -> stage.uses().stream()).collect(Collectors.toSet());
        List<Deployment> settled = sight.settled(aws.reads(), query);
        return settled.stream().anyMatch(it -> used.contains(it.id)) ? settled : sight.read(aws.reads(), query);
    }

    /** The newest first: it is most likely the one that is served. */
    private List<Deployment> list(String restApiId) {
        return Refusals.orNone(() -> aws.apiGateway()
                .getDeploymentsPaginator(request -> request.restApiId(restApiId).limit(PAGE)).items().stream()
                .filter(it -> it.description() != null && it.description().startsWith(PREFIX))
                .sorted(Comparator.comparing(software.amazon.awssdk.services.apigateway.model.Deployment::createdDate)
                        .reversed())
                .map(it -> new Deployment(restApiId, it.id(), it.description().substring(PREFIX.length())))
                .toList());
    }

    @Override
    public Live live(ResourceKey key, Deployment deployment) {
        return Live.of(key, deployment.id, Phase.READY, deployment).partOf(deployment.restApiId);
    }

    /**
     * None while policy or methods are not yet as wanted: they come first, and what is deployed is what the API is then. A
     * difference is put right by another deployment; the old one goes when the stage no longer serves it.
     */
    @Override
    public List<Change<Deployment>> compare(Methods.Desired wanted, Deployment have, Refs refs) {
        String digest = digest(RestApis.digest(refs), Methods.digest(wanted, refs));
        boolean asWanted = digest.equals(digestNow(refs));
        return !asWanted || digest.equals(have.digest) ? List.of()
                : List.of(new Change<>("content", have.digest, digest, old -> deployed(old.restApiId, digest)));
    }

    private static String digestNow(Refs refs) {
        return digest(refs.attribute(Keys.REST_API, Attribute.DIGEST), refs.attribute(ApiLayer.METHODS, Attribute.DIGEST));
    }

    private static String digest(String api, String methods) {
        try {
            byte[] content = (api + "\n" + methods).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public Deployment create(Methods.Desired wanted, Refs refs, Birth birth) {
        return deployed(refs.id(Keys.REST_API), digestNow(refs));
    }

    /** Looks first: the answer to an earlier try may have been lost. */
    private Deployment deployed(String restApiId, String digest) {
        return list(restApiId).stream().filter(it -> it.digest.equals(digest)).findFirst().orElseGet(() -> {
            String id = aws.apiGateway().createDeployment(
                    request -> request.restApiId(restApiId).description(PREFIX + digest)).id();
            return new Deployment(restApiId, id, digest);
        });
    }

    @Override
    public Optional<Deployment> delete(Deployment deployment) {
        Refusals.unlessGone(() -> aws.apiGateway().deleteDeployment(
                request -> request.restApiId(deployment.restApiId).deploymentId(deployment.id)));
        return Optional.empty();
    }
}
