package dev.privateapi.simulation;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import java.util.List;
import java.util.function.Consumer;

/**
 * A change of a stack in which a process may die.
 *
 * @param from the spec of the stack that is there before; null if there is none
 * @param change what somebody does to it
 */
record Journey(String name, PrivateApiStackSpec from, Consumer<Pilot> change) {

    static List<Journey> all() {
        return List.of(
                new Journey("create", null, pilot -> {}),
                to("roll out an image with more tasks", "poc_web:web\"", "poc_web:web2\", taskCount: 3"),
                to("change the port and the environment",
                        "poc_web:web\"", "poc_web:web\", port: 8080, env: [{name: MODE, value: fast}]"),
                to("change routes and stage",
                        "stage: live\n  routes: [{path: /,", "stage: prod\n  routes: [{path: '/items/{id}',"),
                to("add a subnet in a third zone", Specs.C, Specs.C + ", " + Specs.D),
                to("give up the Resolver endpoints",
                        "InboundAndOutbound\n  forwardRules: [{domain: corp.example, targetIps: [10.4.0.10]}]", "None"),
                to("give up the peer", "peers: [" + Specs.ONE_PEER + "]", "peers: []"),
                to("change log, insights and forward rule", "poc_web:web\"", "poc_web:web\", logRetentionDays: 7,"
                        + " containerInsights: true", "10.4.0.10", "10.4.0.11"),
                new Journey("delete", Specs.of(Specs.SEED), pilot -> pilot.stack.delete()));
    }

    /** @param replacements of parts of the seed's spec, each followed by what is written instead */
    private static Journey to(String name, String... replacements) {
        String spec = Specs.SEED;
        for (int part = 0; part < replacements.length; part += 2) {
            if (!spec.contains(replacements[part])) {
                throw new IllegalArgumentException(replacements[part]);
            }
            spec = spec.replace(replacements[part], replacements[part + 1]);
        }
        PrivateApiStackSpec wanted = Specs.of(spec);
        return new Journey(name, Specs.of(Specs.SEED), pilot -> pilot.stack.edit(wanted));
    }

    @Override
    public String toString() {
        return name;
    }
}
