package dev.privateapi.push;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Who the operator is in CloudTrail's records. A role is known by its name and not by its session, which is another one each
 * time that credentials are renewed, and in each process (IAM User Guide, "IAM identifiers").
 */
public final class Callers {

    private static final Pattern SESSION = Pattern.compile("arn:[\\w-]+:sts::(\\d+):assumed-role/([^/]+)/.*");
    private static final Pattern ROLE = Pattern.compile("arn:[\\w-]+:iam::(\\d+):role/(?:.*/)?([^/]+)");

    private final Set<String> own;

    /** @param arns of the operator's own identity, as STS tells it, and of the roles that it takes in other accounts */
    public Callers(Collection<String> arns) {
        this.own = arns.stream().map(Callers::principal).collect(Collectors.toUnmodifiableSet());
    }

    boolean own(Write write) {
        return own.contains(write.caller());
    }

    /** The same for a role and all its sessions; the ARN itself for anybody else. */
    static String principal(String arn) {
        Matcher session = SESSION.matcher(arn);
        Matcher role = ROLE.matcher(arn);
        if (session.matches()) {
            return session.group(1) + "/" + session.group(2);
        }
        return role.matches() ? role.group(1) + "/" + role.group(2) : arn;
    }
}
