package dev.privateapi.graph;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Step.Verb;
import dev.privateapi.model.Wait;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what to do now from what is wanted and what is seen: pure, and the same for create, change, drift, suspend and
 * delete, where nothing is wanted. What is wanted goes up along the {@linkplain Node#needs needs} of each node; what is
 * not wanted goes down along what is seen to {@linkplain Live#uses use} what. Neither assumes that an earlier pass ended.
 */
public final class Planner {

    private final Function<Live, Step> deletion;

    /** @param deletion makes the step that deletes an object of any kind */
    public Planner(Function<Live, Step> deletion) {
        this.deletion = deletion;
    }

    public Plan plan(Collection<Node> wanted, View view) {
        return new Planning(view, wanted).plan();
    }

    private final class Planning {
        private final View view;
        private final Map<ResourceKey, Node> wanted;
        private final List<Step> steps = new ArrayList<>();
        private final List<Wait> waits = new ArrayList<>();
        private final Map<ResourceKey, Problem> problems = new LinkedHashMap<>();
        private final List<Live> kept = new ArrayList<>();

        Planning(View view, Collection<Node> wanted) {
            this.view = view;
            this.wanted = wanted.stream().collect(Collectors.toMap(Node::key, Function.identity(), (a, b) -> {
                throw new IllegalStateException("Two nodes are called " + a.key());
            }, LinkedHashMap::new));
        }

        Plan plan() {
            wanted.values().forEach(this::raise);
            List<Live> surplus = view.all().filter(Live::owned).filter(live -> !kept.contains(live)).toList();
            surplus.forEach(live -> tearDown(live, surplus));
            return new Plan(firstOfAll(), waits, problems);
        }

        /**
         * What is in an object that becomes the stack's was not looked at yet: nothing else is done until it was. And nothing
         * is made as long as a person has to settle whether it is there already.
         */
        private List<Step> firstOfAll() {
            List<Step> adoptions = steps.stream().filter(step -> step.verb() == Verb.ADOPT).toList();
            Optional<ResourceKey> unsettled = Stream.concat(
                            view.all().filter(Live::left).map(Live::key),
                            problems.entrySet().stream().filter(it -> it.getValue().category() == Category.ADOPTION)
                                    .map(Map.Entry::getKey))
                    .findFirst();
            if (!adoptions.isEmpty() || unsettled.isEmpty()) {
                return adoptions.isEmpty() ? steps : adoptions;
            }
            List<Step> creates = steps.stream().filter(step -> step.verb() == Verb.CREATE).toList();
            creates.forEach(step -> waits.add(new Wait(step.key(), Wait.Cause.OTHER, unsettled.get(),
                    "Waiting to create " + step.key() + " until it is settled what is adopted as " + unsettled.get() + ".")));
            // Of what the spec does not want any more nobody else would tell.
            view.all().filter(live -> live.left() && !creates.isEmpty())
                    .forEach(live -> problems.putIfAbsent(live.key(), live.problem().orElseThrow()));
            return steps.stream().filter(step -> step.verb() != Verb.CREATE).toList();
        }

        private void raise(Node node) {
            ResourceKey key = node.key();
            Problem unreadable = view.unreadable().get(key.kind());
            if (unreadable != null) {
                problems.put(key, unreadable);
                kept.addAll(view.of(key));
                return;
            }
            List<Live> lives = view.of(key);
            lives.stream().filter(live -> live.phase() == Phase.FOREIGN).findFirst().ifPresent(this::refuse);
            List<Live> ours = lives.stream().filter(live -> live.owned() || live.referenced()).toList();
            lives.stream().filter(live -> live.phase() == Phase.OFFERED).findFirst().ifPresent(live -> adopt(node, live, ours));
            List<Live> sound = ours.stream().filter(Live::sound).toList();
            if (node.referencedId().isPresent() && !ours.isEmpty()) {
                refer(node, ours);
            } else if (sound.size() > 1 && !key.kind().surplusIsDeletable()) {
                problems.put(key, ambiguous(key, sound));
                kept.addAll(ours);
            } else if (!sound.isEmpty()) {
                compare(node, sound.getFirst());
            } else if (!ours.isEmpty()) {
                replace(key, ours);
            } else if (!problems.containsKey(key) && lives.isEmpty()) {
                create(node);
            }
        }

        private void adopt(Node node, Live offered, List<Live> ours) {
            Optional<Need> missing = missing(node);
            if (!ours.isEmpty()) {
                problems.put(node.key(), notAdopted(offered, node.key() + " is " + ours.getFirst().id() + " already"));
            } else if (missing.isPresent()) {
                waits.add(waitFor(node.key(), missing.get()));
            } else {
                node.misfit(offered, view).ifPresentOrElse(
                        why -> problems.put(node.key(), notAdopted(offered, why)), () -> steps.add(node.adopt(offered)));
            }
        }

        private static Problem notAdopted(Live offered, String because) {
            return new Problem(Category.ADOPTION, offered.id() + " is not adopted as " + offered.key() + ", because " + because
                    + ": take it out of the annotation privateapi.dev/adopt, or name another.");
        }

        /** One of the stack's own stays until the one that the spec names is there to take its place. */
        private void refer(Node node, List<Live> lives) {
            lives.stream().filter(Live::referenced).findFirst()
                    .ifPresentOrElse(live -> compare(node, live), () -> create(node));
            if (lives.stream().noneMatch(Live::serves)) {
                kept.addAll(lives);
            }
        }

        private void refuse(Live foreign) {
            problems.put(foreign.key(), foreign.problem().orElseGet(() -> new Problem(Category.EXISTS,
                    foreign.id() + " has the name that " + foreign.key() + " needs but was not made by this stack:"
                            + " delete or rename it, then the stack goes on by itself; or adopt it, by the annotation"
                            + " privateapi.dev/adopt: " + foreign.key() + "=" + foreign.id() + ".")));
        }

        /** The failed go as surplus; their deletion, like one under way, has to end before the name is free. */
        private void replace(ResourceKey key, List<Live> going) {
            going.stream().filter(live -> live.phase() == Phase.FAILED).findFirst().ifPresent(failed -> problems.put(key,
                    failed.problem().orElseGet(() -> new Problem(Category.FAILED,
                            failed.id() + " failed on AWS' side and is replaced."))));
            going.stream().filter(live -> live.phase() == Phase.DELETING).findFirst().ifPresent(deleting ->
                    waits.add(new Wait(key, Wait.Cause.DELETING, key,
                            "Waiting for the old " + deleting.id() + " to be gone before a new one is created.")));
            kept.addAll(going.stream().filter(live -> live.phase() == Phase.DELETING).toList());
        }

        private void create(Node node) {
            ResourceKey key = node.key();
            if (node.referencedId().isPresent()) {
                problems.put(key, new Problem(Category.INVALID, node.referencedId().get() + ", which the spec names as "
                        + key + ", does not exist here: correct the id, or leave it out to have one created."));
            } else if (view.unconfirmed().contains(key)) {
                waits.add(new Wait(key, Wait.Cause.UNCONFIRMED, key,
                        "Waiting to see whether AWS shows the " + key + " that may have been created already."));
            } else {
                unmet(node).ifPresentOrElse(
                        need -> waits.add(waitFor(key, need)), () -> steps.add(node.create(view)));
            }
        }

        private void compare(Node node, Live live) {
            ResourceKey key = node.key();
            kept.add(live);
            live.problem().ifPresent(problem -> problems.put(key, problem));
            if (!live.referenced()) {
                missing(node).ifPresentOrElse(
                        need -> waits.add(waitFor(key, need)), () -> node.change(live, view).ifPresent(steps::add));
            }
            if (live.phase() == Phase.PENDING || live.phase() == Phase.SCALING) {
                Wait.Cause cause = live.phase() == Phase.SCALING ? Wait.Cause.SCALING : Wait.Cause.PENDING;
                waits.add(new Wait(key, cause, key, "Waiting for " + live.id() + " to become ready."));
            }
        }

        private Optional<Need> missing(Node node) {
            return node.needs().stream().filter(need -> view.usable(need.key()).isEmpty()).findFirst();
        }

        private Optional<Need> unmet(Node node) {
            return node.needs().stream()
                    .filter(need -> view.usable(need.key())
                            .filter(live -> !need.ready() || live.phase() == Phase.READY)
                            .isEmpty())
                    .findFirst();
        }

        private Wait waitFor(ResourceKey key, Need need) {
            String state = need.ready() ? " to be ready." : " to exist.";
            return new Wait(key, Wait.Cause.OTHER, need.key(), "Waiting for " + need.key() + state);
        }

        private void tearDown(Live live, List<Live> surplus) {
            ResourceKey key = live.key();
            if (view.unreadable().containsKey(key.kind()) || goesWithItsContainer(live, surplus) || isInAnothers(live)) {
                return;
            }
            if (live.phase() == Phase.DELETING) {
                waits.add(new Wait(key, Wait.Cause.DELETING, key, "Waiting for " + live.id() + " to be gone."));
                return;
            }
            Optional<Kind> unseen = key.kind().unguardedUser().filter(this::mayBeThereUnseen);
            Optional<Live> user = view.all()
                    .filter(other -> other.uses().contains(live.id()) && !other.partOf().equals(live.id()))
                    .findFirst();
            Optional<Blocker> blocker =
                    view.blockers().stream().filter(it -> it.holds().contains(live.id())).findFirst();
            if (user.filter(Live::givenAway).isPresent()) {
                problems.put(key, new Problem(Category.IN_USE, live.id() + " is still used by " + user.get().id()
                        + ", which now carries another owner's tags: its owner has to remove it, then the deletion goes on"
                        + " by itself."));
            } else if (unseen.isPresent()) {
                waits.add(new Wait(key, Wait.Cause.OTHER, key, "Waiting to delete " + live.id() + " until it is known whether an "
                        + unseen.get().typeName() + " still uses it."));
            } else if (user.isPresent()) {
                waits.add(new Wait(key, Wait.Cause.OTHER, user.get().key(),
                        "Waiting to delete " + live.id() + " until " + user.get().id() + " no longer uses it."));
            } else if (blocker.isPresent()) {
                waitFor(live, blocker.get());
            } else {
                steps.add(deletion.apply(live));
            }
        }

        private boolean mayBeThereUnseen(Kind kind) {
            return view.unreadable().containsKey(kind) || view.unconfirmed().stream().anyMatch(key -> key.kind() == kind);
        }

        private void waitFor(Live live, Blocker blocker) {
            String message = live.id() + " is still held by " + blocker.description();
            if (blocker.passing()) {
                waits.add(new Wait(live.key(), Wait.Cause.DELETING, live.key(), message + ", which AWS is releasing."));
            } else {
                problems.put(live.key(), new Problem(Category.HELD,
                        message + ", which is not part of this stack: remove it, then the deletion goes on by itself."));
            }
        }

        private boolean goesWithItsContainer(Live live, List<Live> surplus) {
            return !live.partOf().isEmpty() && surplus.stream().anyMatch(other -> other.id().equals(live.partOf()));
        }

        private boolean isInAnothers(Live live) {
            return view.all().anyMatch(other -> !other.owned() && !other.referenced() && other.id().equals(live.partOf()));
        }

        private Problem ambiguous(ResourceKey key, List<Live> lives) {
            String ids = lives.stream().map(Live::id).sorted().collect(Collectors.joining(" and "));
            return new Problem(Category.AMBIGUOUS, ids + " all carry the tags of " + key
                    + ": delete all but one, or remove the tag privateapi.dev/owner-uid from those that are not this stack's.");
        }
    }

    /** The kinds, in {@code view}, that nothing wants and that only a network interface may still hold. */
    public static boolean asksForBlockers(Collection<Node> wanted, View view) {
        var keys = wanted.stream().map(Node::key).collect(Collectors.toSet());
        return view.all().filter(Live::owned).filter(live -> !keys.contains(live.key())).map(live -> live.key().kind())
                .anyMatch(kind -> kind == Kind.SUBNET || kind == Kind.SECURITY_GROUP || kind == Kind.VPC);
    }
}
