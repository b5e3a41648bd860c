package dev.privateapi.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code java -jar private-api-operator.jar}: takes no arguments; README.md lists the environment variables. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        try {
            if (arguments.length > 0) {
                throw new StartException("The operator takes no arguments: set the environment variables PRIVATEAPI_… instead.");
            }
            OperatorProcess.start(SettingsReader.read(System.getenv())).awaitEnd();
        } catch (StartException e) {
            e.getMessage().lines().forEach(line -> System.err.println("private-api-operator: " + line));
            System.exit(1);
        } catch (Throwable e) {
            LOG.error("The operator failed", e);
            System.exit(1);
        }
    }
}
