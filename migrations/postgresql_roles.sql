-- Two roles for PostgreSQL: the one that owns the tables, and the one that the application signs in as.
--
-- Run it as the owner, in the database of the instance, after “dard init” and after every upgrade:
--
--     psql --set ON_ERROR_STOP=1 --file migrations/postgresql_roles.sql "$OWNER_URL"
--
-- “dard init” and upgrades run with the owner’s DARD_DATABASE_URL. Everything else (serve, gunicorn, jobs, the other
-- commands) runs as dard_app, which can neither change nor delete an event of the audit log, nor take away the triggers
-- that refuse it. Whoever holds the owner’s password can: keep it from the machine that serves the application, and
-- keep checkpoint lines elsewhere. Give dard_app a password, or a client certificate, before its first use.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dard_app') THEN
        CREATE ROLE dard_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO dard_app;

-- Everything there is, and everything that a later migration makes; never TRUNCATE, REFERENCES or TRIGGER.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM dard_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO dard_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dard_app;

-- The audit log is only ever added to.
DO $$
DECLARE
    evidence text;
BEGIN
    FOR evidence IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'audit\_%' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM dard_app', evidence);
    END LOOP;
END
$$;

-- Which migration was the last one is for the owner to say.
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM dard_app;
