package dev.privateapi.simulation.aws;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What the clients of all services have in common: who calls, where, and how a call goes. */
abstract class ServiceModel {

    final World world;
    final Place place;
    private final Caller caller;
    private final String prefix;
    private final Errors errors;

    /** @param prefix IAM's, such as {@code ec2} */
    ServiceModel(World world, Place place, Caller caller, String prefix, Errors errors) {
        this.world = world;
        this.place = place;
        this.caller = caller;
        this.prefix = prefix;
        this.errors = errors;
    }

    /** Of the SDK's clients. */
    public final String serviceName() {
        return prefix;
    }

    /** Of the SDK's clients: nothing is held. */
    public final void close() {}

    final <R> R call(String operation, Supplier<R> effect) {
        return world.call(caller, prefix, operation, errors, effect);
    }

    final AwsServiceException refuse(String code, int status, String message) {
        return errors.refuse(code, status, message);
    }

    final <T> Thing<T> add(String id, String parent, T state, Map<String, String> tags) {
        return world.add(place, id, parent, state, tags);
    }

    final <T> Stream<Thing<T>> all(Class<T> type) {
        return world.all(type, place);
    }

    final <T> Stream<Thing.Seen<T>> listed(Class<T> type) {
        return world.listed(type, place).map(Thing::listed);
    }

    final <T> Optional<Thing<T>> find(Class<T> type, String id) {
        return Optional.ofNullable(id).flatMap(it -> world.find(type, it)).filter(thing -> thing.place().equals(place));
    }
}
