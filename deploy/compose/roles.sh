#!/bin/sh
# Makes the database, and the roles and schema of each service, and sets the passwords of those that sign in.
# Safe to run again; a changed secret is taken over. The SQL is that of `make roles`.
# Reads PGHOST and so on as psql does, and the folders SQL_DIR and SECRETS_DIR.
set -eu
PGPASSWORD=$(cat "$SECRETS_DIR/postgres_password")
export PGPASSWORD

sql=$(
    sed 's/{database}/commissioning/g' "$SQL_DIR/database.sql"
    for service in budget contracts outcomes gateway; do
        sed "s/{service}/$service/g" "$SQL_DIR/roles.sql"
        for role in "${service}_migrate" "${service}_app"; do
            file=$SECRETS_DIR/${role}_password
            if [ ! -s "$file" ]; then
                echo "The secret $file is missing or empty." >&2
                exit 1
            fi
            # psql reads the password itself, so that it stands in no command line.
            printf '\\set password `cat "%s"`\n' "$file"
            printf "alter role %s password :'password';\n" "$role"
        done
    done
)
printf '%s\n' "$sql" | psql -X -q -v ON_ERROR_STOP=1 -d postgres -f -
