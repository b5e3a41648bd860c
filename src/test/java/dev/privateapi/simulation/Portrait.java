package dev.privateapi.simulation;

import dev.privateapi.simulation.aws.Owners;
import dev.privateapi.simulation.aws.Thing;
import dev.privateapi.simulation.aws.World;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a world holds, in words that are the same for two worlds that differ in ids, times and orders only: whatever AWS
 * chooses is left out, and an id is told by the name of what it stands for.
 */
final class Portrait {

    private static final Pattern CHANCE = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b10[.]1[.]\\d+[.]\\d+\\b(?!/)"
                    + "|(?i)0{3,}[0-9a-f]+|task-definition/[a-z0-9-]+:\\d+|Revision=\\d+|\\b[0-9a-f]{16}\\b");
    private static final Pattern NOTHING = Pattern.compile("\\w+=\\[\\]");
    /** The port of a target group is no target's: ECS tells that of each (CreateTargetGroup). */
    private static final Pattern GROUP_PORT = Pattern.compile("(TargetGroup\\([^)]*?[ ,])Port=\\d+");
    /** Which of its subnets a task is in is ECS' choice, and which task goes when there are to be fewer. */
    private static final Pattern PLACE_OF_TASK = Pattern.compile("SubnetId=[^,)]+");
    private static final Pattern BETWEEN = Pattern.compile("[\\s,(){}\\[\\]]+");

    private Portrait() {}

    /** The stack's objects that stand. */
    static List<String> of(World world, Owners owners) {
        List<Thing<?>> some = world.all().filter(owners::owns).filter(Owners::stands).toList();
        Map<String, String> names = new LinkedHashMap<>();
        some.stream().sorted(Comparator.comparing((Thing<?> thing) -> thing.id().length()).reversed())
                .forEach(thing -> names.put(thing.id(), "<" + owners.label(thing) + ">"));
        Map<String, String> words = new HashMap<>();
        return some.stream()
                .map(thing -> Owners.kind(thing) + " " + owners.label(thing) + ": "
                        + words(thing, word -> words.computeIfAbsent(word, it -> lasting(it, names))))
                .sorted().toList();
    }

    /** What is in one and not as it is in the other, in both directions, by the words that make the difference. */
    static List<String> differences(List<String> is, List<String> ideal) {
        return Stream.concat(
                is.stream().filter(it -> !ideal.contains(it)).map(it -> subject(it) + " has " + without(it, ideal)),
                ideal.stream().filter(it -> !is.contains(it)).map(it -> subject(it) + " lacks " + without(it, is))).toList();
    }

    private static String subject(String picture) {
        return picture.substring(0, picture.indexOf(": "));
    }

    private static List<String> without(String picture, List<String> others) {
        List<String> words = new ArrayList<>(List.of(picture.split(" ")));
        others.stream().filter(it -> subject(it).equals(subject(picture))).findFirst()
                .ifPresent(it -> List.of(it.split(" ")).forEach(words::remove));
        return words;
    }

    /** Whatever is not the stack's, as it is. */
    static List<String> ofOthers(World world, Owners owners) {
        return world.all().filter(thing -> !owners.owns(thing)).map(thing -> thing.id() + " " + thing.state()).toList();
    }

    private static String words(Thing<?> thing, UnaryOperator<String> lasting) {
        String text = NOTHING.matcher(thing.state() + " " + new TreeMap<>(thing.tags())).replaceAll("");
        boolean task = text.contains(":attachment/");
        String placeless = task ? PLACE_OF_TASK.matcher(text).replaceAll("") : text;
        return BETWEEN.splitAsStream(GROUP_PORT.matcher(placeless).replaceAll("$1"))
                .filter(word -> !word.isEmpty()).map(lasting).sorted().collect(Collectors.joining(" "));
    }

    /** Word by word, because most words come again and again. */
    private static String lasting(String word, Map<String, String> names) {
        String named = word;
        for (Map.Entry<String, String> name : names.entrySet()) {
            named = named.replace(name.getKey(), name.getValue());
        }
        return CHANCE.matcher(named).replaceAll("*");
    }
}
