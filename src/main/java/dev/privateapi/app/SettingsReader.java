package dev.privateapi.app;

import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.AwsSettings.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the settings from the environment. Every bad one is named, not only the first. */
final class SettingsReader {

    private static final String PREFIX = "PRIVATEAPI_";
    /** Read by the log's own configuration. */
    private static final Set<String> LOG_SETTINGS = Set.of("PRIVATEAPI_LOG_LEVEL", "PRIVATEAPI_LOG_FORMAT");
    private static final Pattern DURATION = Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?");
    private static final Duration LONGEST = Duration.ofDays(365);
    /** One requirement of a label selector (Kubernetes documentation, "Labels and Selectors"). */
    private static final String NAME = "[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?";
    private static final String REQUIREMENT = "!?(?:[a-z0-9.-]+/)?" + NAME
            + "(?: *(?:==?|!=) *(?:" + NAME + ")?| +(?:in|notin) *\\( *" + NAME + "(?: *, *" + NAME + ")* *\\))?";
    private static final Pattern ROLE =
            Pattern.compile("(\\d{12})=(arn:[\\w-]+:iam::\\d{12}:role/[\\w+=,.@/-]+?)(?:;(.{2,1224}))?");

    /** SQS Developer Guide, "Queue and message identifiers"; EventBridge needs no order, so FIFO queues are left out. */
    private static final Pattern QUEUE =
            Pattern.compile("https://sqs\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/\\d{12}/[\\w-]{1,80}");

    private final Map<String, String> environment;
    private final List<String> faults = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>(LOG_SETTINGS);

    private SettingsReader(Map<String, String> environment) {
        this.environment = environment;
    }

    /** @throws StartException that names every bad setting and what to write */
    static Settings read(Map<String, String> environment) {
        SettingsReader reader = new SettingsReader(environment);
        Settings settings = reader.settings();
        reader.strangers();
        if (!reader.faults.isEmpty()) {
            throw new StartException(String.join("\n", reader.faults));
        }
        return settings;
    }

    private Settings settings() {
        return new Settings(
                value("WATCH_NAMESPACES", "", "namespaces, such as team-a,team-b, or nothing for all", SettingsReader::namespaces),
                value("LABEL_SELECTOR", "", "a label selector, such as shard=1", SettingsReader::selector),
                value("LEADER_ELECTION", "true", "true or false", SettingsReader::bool),
                value("LEASE_NAMESPACE", "", "a namespace, or nothing for the operator's own", SettingsReader::namespace),
                value("DRIFT_INTERVAL", "5m", "a duration from 1s to 8760h, such as 30s, 5m or 1h30m", SettingsReader::duration),
                value("CLUSTER_ID", "", "1 to 64 letters, digits, hyphens, dots and underscores", SettingsReader::clusterId),
                value("HTTP_ADDRESS", "0.0.0.0", "an address to listen on, such as 127.0.0.1", SettingsReader::present),
                value("HTTP_PORT", "8080", "a port from 0 (any free one) to 65535", text -> number(text, 0, 65_535)),
                value("TIME_SCALE", "1", "a number from 0.001 to 10000, such as 20 for a sandbox that runs 20 times faster",
                        SettingsReader::scale),
                value("MAX_CONCURRENT", "50", "a number from 1 to 1000", text -> number(text, 1, 1_000)),
                value("ACCOUNT_ROLES", "", "<account>=<role ARN>[;<external id>], several separated by commas", SettingsReader::roles),
                value("AWS_RATES", "", "<class>=<burst>/<per second>, several separated by commas; classes are " + classes(),
                        SettingsReader::rates),
                value("RATE_SHARE", "1", "a number above 0 up to 1, such as 0.5 for each of two shards", SettingsReader::share),
                value("DRIFT_QUEUES", "", "URLs of standard SQS queues, one for a Region, such as"
                        + " https://sqs.ap-northeast-1.amazonaws.com/123456789012/private-api-operator-drift, separated by commas",
                        SettingsReader::queues),
                value("SAFETY_INTERVAL", "1h", "a duration from 1s to 8760h, such as 1h or 12h", SettingsReader::duration),
                value("ORPHAN_INTERVAL", "1h", "a duration from 1s to 8760h, such as 30m or 12h", SettingsReader::duration),
                value("REMOVE_ORPHANS", "", "uids of resources that are gone, separated by commas, or all, or nothing for none",
                        SettingsReader::uids));
    }

    private <T> T value(String name, String standard, String write, Function<String, T> parse) {
        known.add(PREFIX + name);
        String text = environment.getOrDefault(PREFIX + name, "").strip();
        try {
            return parse.apply(text.isEmpty() ? standard : text);
        } catch (IllegalArgumentException e) {
            faults.add(PREFIX + name + "=" + text + " cannot be read: write " + write + ".");
            return parse.apply(standard); // a number cannot be null, and nobody will use it
        }
    }

    /** A mistyped name would otherwise mean the default, silently. */
    private void strangers() {
        environment.keySet().stream().filter(name -> name.startsWith(PREFIX) && !known.contains(name))
                .sorted()
                .forEach(name -> faults.add(name + " is no setting of the operator: remove it, or write one of "
                        + String.join(", ", new TreeSet<>(known)) + "."));
    }

    private static Set<String> namespaces(String text) {
        return items(text).map(SettingsReader::namespace).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String namespace(String text) {
        return matching(text, "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?");
    }

    private static Set<String> uids(String text) {
        return items(text).map(item -> matching(item, "all|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String clusterId(String text) {
        return matching(text, "[A-Za-z0-9._-]{0,64}");
    }

    /** A wrong one would be refused when the stacks are listed, with a stack trace. */
    private static String selector(String text) {
        return matching(text, "(?:" + REQUIREMENT + "(?: *, *" + REQUIREMENT + ")*)?");
    }

    private static String present(String text) {
        return matching(text, "\\S+");
    }

    private static boolean bool(String text) {
        return matching(text, "true|false").equals("true");
    }

    private static String matching(String text, String pattern) {
        if (!text.matches(pattern)) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    private static int number(String text, int least, int most) {
        int number = Integer.parseInt(text);
        if (number < least || number > most) {
            throw new IllegalArgumentException(text);
        }
        return number;
    }

    private static double scale(String text) {
        double scale = Double.parseDouble(text);
        if (!(scale >= 0.001 && scale <= 10_000)) {
            throw new IllegalArgumentException(text);
        }
        return scale;
    }

    private static double share(String text) {
        double share = Double.parseDouble(text);
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(text);
        }
        return share;
    }

    private static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException(text);
        }
        Duration duration = Duration.ofHours(part(parts, 1)).plusMinutes(part(parts, 2)).plusSeconds(part(parts, 3));
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(text);
        }
        return duration;
    }

    private static long part(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Integer.parseInt(parts.group(group));
    }

    private static Map<String, Role> roles(String text) {
        Map<String, Role> roles = new LinkedHashMap<>();
        items(text).forEach(item -> {
            Matcher role = ROLE.matcher(item);
            if (!role.matches() || roles.put(role.group(1), role(role)) != null) {
                throw new IllegalArgumentException(item);
            }
        });
        return roles;
    }

    private static Role role(Matcher role) {
        return new Role(role.group(2), role.group(3) == null ? "" : role.group(3));
    }

    private static Map<String, String> queues(String text) {
        Map<String, String> queues = new LinkedHashMap<>();
        items(text).forEach(item -> {
            Matcher queue = QUEUE.matcher(item);
            if (!queue.matches() || queues.put(queue.group(1), item) != null) {
                throw new IllegalArgumentException(item);
            }
        });
        return queues;
    }

    private static Map<ApiClass, Rate> rates(String text) {
        Map<ApiClass, Rate> rates = new LinkedHashMap<>();
        items(text).forEach(item -> {
            String[] parts = item.split("[=/]", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException(item);
            }
            ApiClass apiClass = ApiClass.ofSlug(parts[0]).orElseThrow(() -> new IllegalArgumentException(item));
            if (rates.put(apiClass, new Rate(Integer.parseInt(parts[1]), Double.parseDouble(parts[2]))) != null) {
                throw new IllegalArgumentException(item);
            }
        });
        return rates;
    }

    private static Stream<String> items(String text) {
        return Stream.of(text.split(",")).map(String::strip).filter(item -> !item.isEmpty());
    }

    private static String classes() {
        return Arrays.stream(ApiClass.values()).map(ApiClass::slug).collect(Collectors.joining(", "));
    }
}
