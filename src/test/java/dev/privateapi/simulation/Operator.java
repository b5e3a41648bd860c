package dev.privateapi.simulation;

import dev.privateapi.app.Engines;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.controller.Engine;
import dev.privateapi.engine.Durations;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Memory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.simulation.aws.Caller;
import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Errors;
import dev.privateapi.simulation.aws.ModelAws;
import dev.privateapi.simulation.aws.Place;
import dev.privateapi.simulation.aws.World;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** One process of the operator: the real layers and engine, with all that it knows. Dies with its {@link Caller}. */
final class Operator {

    static final Place HOME = new Place("123456789012", "ap-northeast-1");
    static final Duration DRIFT = Duration.ofMinutes(5);

    private static final Errors API_SERVER = new Errors(
            AwsServiceException::builder, new Code("TooManyRequests", 429), new Code("Forbidden", 403));

    private final World world;
    private final Stack stack;
    private final Caller caller;
    private final Engine engine;
    private final Memory memory = new Memory();

    Operator(World world, Stack stack, Caller caller, Durations durations) {
        this.world = world;
        this.stack = stack;
        this.caller = caller;
        ModelAws aws = new ModelAws(world, HOME, caller);
        Random random = new Random(caller.name().hashCode());
        Clock clock = ((InstantSource) this::now).withZone(ZoneOffset.UTC);
        EngineSettings settings = new EngineSettings(clock, random, durations, DRIFT, AwsErrors::problem);
        engine = new Engines(region -> aws, region -> settings, this::sideBySide).apply(HOME.region());
    }

    /** One after the other, but the death of the process may find all of them on their way. */
    private void sideBySide(Runnable something) {
        caller.begins();
        something.run();
    }

    /** The engine asks for the time only when nothing is on its way. */
    private Instant now() {
        caller.ends();
        return world.now();
    }

    Caller caller() {
        return caller;
    }

    /**
     * One turn, as the controller gives it.
     *
     * @throws RuntimeException if the status could not be written
     */
    Outcome pass() {
        Written written = new Written(stack.inventory());
        Outcome outcome = engine.pass(
                new Pass(Stack.OWNER, stack.generation(), wanted(), stack.spec().suspend(), memory, written));
        if (outcome.gone()) {
            world.call(caller, "kubernetes", "RemoveFinalizer", API_SERVER, () -> {
                stack.finalized();
                return null;
            });
        } else {
            written.record(outcome.inventory());
        }
        return outcome;
    }

    private List<Node> wanted() {
        return stack.deleted() ? List.of() : engine.wanted(Stack.OWNER, stack.spec());
    }

    /** The inventory as this process knows it in one turn; a write of what is there already is none. */
    private final class Written implements Inventory {
        private List<Entry> known;

        Written(List<Entry> known) {
            this.known = known;
        }

        @Override
        public Map<ResourceKey, Entry> recorded() {
            Map<ResourceKey, Entry> entries = new LinkedHashMap<>();
            known.forEach(entry -> entries.put(entry.key(), entry));
            return entries;
        }

        @Override
        public void record(Collection<Entry> entries) {
            List<Entry> all = new ArrayList<>(entries);
            all.sort(Comparator.comparing(entry -> entry.key().name()));
            if (!all.equals(known)) {
                world.call(caller, "kubernetes", "PatchStatus", API_SERVER, () -> {
                    if (!stack.inventory().equals(known)) {
                        throw API_SERVER.refuse("Conflict", 409, "Another process wrote the inventory");
                    }
                    stack.record(all);
                    return null;
                });
                known = all;
            }
        }
    }
}
