package dev.privateapi.layers.apigateway;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Ownership;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.Stage;

/**
 * Stages: which deployment is served, and over which VPC link. A stage is the stack's by its tags; one that has the wanted
 * name and no tags too, because it is part of the stack's own API.
 */
final class Stages implements Driver<Stages.Desired, Stages.State> {

    private final Aws aws;

    Stages(Aws aws) {
        this.aws = aws;
    }

    record Desired(String stageName) {}

    /** @param written a moment ago: AWS serves it after some seconds, answers 403 until then, and nothing of it tells when that is over */
    record State(
            String restApiId,
            String name,
            String deploymentId,
            Map<String, String> variables,
            Map<String, String> tags,
            boolean written) {

        private static State of(String restApiId, Stage stage) {
            return new State(restApiId, stage.stageName(), stage.deploymentId(), stage.variables(), stage.tags(), false);
        }

        private String id() {
            return restApiId + "/" + name;
        }

        private State tagged(Map<String, String> tags) {
            return new State(restApiId, name, deploymentId, variables, tags, written);
        }
    }

    @Override
    public Kind kind() {
        return Kind.STAGE;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.REST_API);
    }

    @Override
    public List<Live> observe(Sight sight) {
        return sight.seen(Kind.REST_API).stream()
                .flatMap(api -> stages(sight, api.id()).stream())
                .flatMap(stage -> judge(sight, stage).stream())
                .toList();
    }

    private List<State> stages(Sight sight, String restApiId) {
        return sight.read(aws.reads(), new Query<>("apigateway:GetStages " + restApiId, () ->
                Refusals.orNone(() -> aws.apiGateway().getStages(request -> request.restApiId(restApiId)).item()))).stream()
                .map(stage -> State.of(restApiId, stage))
                .toList();
    }

    private Optional<Live> judge(Sight sight, State stage) {
        return sight.judge(kind(), stage.id(), stage.tags, key -> live(key, stage))
                .or(() -> stage.tags.containsKey(Ownership.OWNER_UID)
                        ? Optional.empty()
                        : sight.wanted(kind()).map(node -> node.key()).filter(Keys.stage(stage.name)::equals).findFirst()
                                .map(key -> live(key, stage)));
    }

    /**
     * Pending until a listing shows what was written, which is asked for when AWS usually serves it. A link named by a variable may
     * be deleted before the stage: AWS counts no variable as a reference to a link.
     */
    @Override
    public Live live(ResourceKey key, State stage) {
        return Live.of(key, stage.id(), stage.written ? Phase.PENDING : Phase.READY, stage)
                .using(Set.of(stage.restApiId, stage.deploymentId));
    }

    @Override
    public List<Change<State>> compare(Desired wanted, State have, Refs refs) {
        Map<String, String> variables = variables(refs);
        String deployment = refs.id(ApiLayer.DEPLOYMENT);
        Patch<State> patch = new Patch<>();
        patch.replace("deploymentId", "/deploymentId", have.deploymentId, deployment);
        if (!variables.equals(have.variables)) {
            patch.tell("variables", new TreeMap<>(have.variables), variables);
            variables.forEach((name, value) -> patch.with(Op.REPLACE, "/variables/" + name, value));
            have.variables.keySet().stream().filter(name -> !variables.containsKey(name))
                    .forEach(name -> patch.with(Op.REMOVE, "/variables/" + name, null));
        }
        return patch.changes((stage, operations) -> {
            aws.apiGateway().updateStage(request -> request.restApiId(stage.restApiId).stageName(stage.name)
                    .patchOperations(operations));
            return new State(stage.restApiId, stage.name, deployment, variables, stage.tags, true);
        });
    }

    private static Map<String, String> variables(Refs refs) {
        return Map.of(Methods.LINK_VARIABLE, refs.id(Keys.VPC_LINK));
    }

    @Override
    public Optional<Tagging<State>> tagging() {
        return Optional.of(ApiTags.tagging(
                aws, stage -> "/restapis/" + stage.restApiId + "/stages/" + stage.name, State::tags, State::tagged));
    }

    @Override
    public State create(Desired wanted, Refs refs, Birth birth) {
        State stage = new State(refs.id(Keys.REST_API), wanted.stageName, refs.id(ApiLayer.DEPLOYMENT), variables(refs),
                birth.tags(), true);
        aws.apiGateway().createStage(request -> request.restApiId(stage.restApiId)
                .stageName(stage.name)
                .deploymentId(stage.deploymentId)
                .variables(stage.variables)
                .tags(stage.tags));
        return stage;
    }

    @Override
    public Optional<State> delete(State stage) {
        Refusals.unlessGone(() -> aws.apiGateway().deleteStage(
                request -> request.restApiId(stage.restApiId).stageName(stage.name)));
        return Optional.empty();
    }
}
