package dev.privateapi.layers.apigateway;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.apigateway.model.VpcLink;
import software.amazon.awssdk.services.apigateway.model.VpcLinkStatus;

/**
 * VPC links of REST APIs ("V1"). No token, no unique name, and a target that cannot be changed. While one exists, even
 * while it is being deleted, its load balancer cannot be (API Gateway Developer Guide, "Set up private integrations").
 */
final class VpcLinks implements Driver<VpcLinks.Desired, VpcLinks.Link> {

    private static final int PAGE = 500;

    private final Aws aws;

    VpcLinks(Aws aws) {
        this.aws = aws;
    }

    record Desired(String name) {}

    record Link(
            String id, String name, Set<String> targetArns, VpcLinkStatus status, String message, Map<String, String> tags) {

        private Link named(String name) {
            return new Link(id, name, targetArns, status, message, tags);
        }

        private Link tagged(Map<String, String> tags) {
            return new Link(id, name, targetArns, status, message, tags);
        }

        private Link going() {
            return new Link(id, name, targetArns, VpcLinkStatus.DELETING, message, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.VPC_LINK;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.LOAD_BALANCER);
    }

    @Override
    public List<Live> observe(Sight sight) {
        Set<String> balancers =
                sight.seen(Kind.LOAD_BALANCER).stream().filter(Live::owned).map(Live::id).collect(Collectors.toSet());
        List<Link> links = sight.among(sight.read(aws.reads(), new Query<>(
                "apigateway:GetVpcLinks", () -> Shown.owned(list(), Link::id, Link::tags))), kind());
        return sight.pick(kind(), links, Link::id, Link::tags, this::live).stream()
                .map(live -> live.owned() && !balancers.isEmpty() ? leading(live, balancers) : live)
                .toList();
    }

    private List<Link> list() {
        return aws.apiGateway().getVpcLinksPaginator(request -> request.limit(PAGE)).items().stream()
                .map(VpcLinks::link)
                .toList();
    }

    private static Link link(VpcLink it) {
        return new Link(it.id(), it.name(), Set.copyOf(it.targetArns()), it.status(), it.statusMessage(), it.tags());
    }

    /** A load balancer that was made anew needs a link of its own: AWS changes the target of none. */
    private static Live leading(Live live, Set<String> balancers) {
        Link link = (Link) live.object();
        boolean astray = link.targetArns.stream().noneMatch(balancers::contains) && live.phase() != Phase.DELETING;
        return astray ? live.in(Phase.FAILED).troubled(new Problem(Category.FAILED, "VPC link " + link.id
                + " leads to a load balancer that is gone. It is deleted and made anew.")) : live;
    }

    @Override
    public Live live(ResourceKey key, Link link) {
        Phase phase = switch (link.status) {
            case AVAILABLE -> Phase.READY;
            case DELETING -> Phase.DELETING;
            case FAILED -> Phase.FAILED;
            case null, default -> Phase.PENDING;
        };
        Live live = Live.of(key, link.id, phase, link)
                .with(Map.of(Attribute.STATE, String.valueOf(link.status)))
                .using(link.targetArns);
        return phase == Phase.FAILED ? live.troubled(new Problem(Category.FAILED, "VPC link " + link.id + " failed: "
                + link.message + " It is deleted and made anew.")) : live;
    }

    @Override
    public List<Change<Link>> compare(Desired wanted, Link have, Refs refs) {
        return new Patch<Link>().replace("name", "/name", have.name, wanted.name).changes((link, operations) -> {
            aws.apiGateway().updateVpcLink(request -> request.vpcLinkId(link.id).patchOperations(operations));
            return link.named(wanted.name);
        });
    }

    @Override
    public Optional<String> misfit(Desired wanted, Link have, Refs refs) {
        String balancer = refs.id(Keys.LOAD_BALANCER);
        return have.targetArns.contains(balancer) ? Optional.empty()
                : Optional.of("it leads to " + have.targetArns + ", not to " + balancer);
    }

    @Override
    public Optional<Tagging<Link>> tagging() {
        return Optional.of(ApiTags.tagging(aws, link -> "/vpclinks/" + link.id, Link::tags, Link::tagged));
    }

    @Override
    public Link create(Desired wanted, Refs refs, Birth birth) {
        String target = refs.id(Keys.LOAD_BALANCER);
        var link = aws.apiGateway().createVpcLink(
                request -> request.name(wanted.name).targetArns(target).tags(birth.tags()));
        return new Link(link.id(), link.name(), Set.of(target), link.status(), link.statusMessage(), birth.tags());
    }

    /** AWS' refusal names who uses it: API, method, resource and stage. */
    @Override
    public Optional<Link> delete(Link link) {
        try {
            aws.apiGateway().deleteVpcLink(request -> request.vpcLinkId(link.id));
            return Optional.of(link.going());
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.IN_USE)) {
                throw new ProblemException(Category.HELD, AwsErrors.problem(e).message().replace(" It is tried again.", "")
                        + " Delete those integrations, or point them elsewhere and deploy again; then the deletion goes on by itself.");
            }
            return Refusals.gone(e);
        }
    }
}
