-- What the application's role may do: no more than its acts need. It owns nothing and creates nothing.
-- Run after every migration, so that new tables are covered too.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO banjie_app;

-- Registers and law.
GRANT SELECT, INSERT, UPDATE ON regions, organs, calendars, item_editions, parties, mandates, posts TO banjie_app;
GRANT DELETE ON mandates, posts TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON basic_catalogue, standard_materials TO banjie_app;

-- The sum of history: written by the functions of the hot path, never deleted.
GRANT SELECT, INSERT, UPDATE ON cases, applications, certificates, document_serials TO banjie_app;
GRANT SELECT, INSERT ON tasks TO banjie_app;
GRANT SELECT, INSERT ON documents TO banjie_app;
GRANT UPDATE (sha256, trouble) ON documents TO banjie_app;

-- History itself can be appended and read. Nobody edits it, and its partitions are reached through their parent only.
GRANT SELECT, INSERT ON journal TO banjie_app;
GRANT SELECT, INSERT ON answered TO banjie_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO banjie_app;
GRANT SELECT, INSERT ON messages TO banjie_app;
GRANT UPDATE (read_at) ON messages TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON followers TO banjie_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tries TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON asks, consents, contests, ask_lines, ask_figures TO banjie_app;
GRANT SELECT, INSERT, DELETE ON ask_values TO banjie_app;
GRANT SELECT, INSERT ON repeats, ask_counted, looks TO banjie_app;
GRANT USAGE ON SEQUENCE case_serial TO banjie_app;

-- What a search reads follows the catalogue by itself; only the use of items is counted by the application.
GRANT SELECT ON item_texts, item_offers, offer_changes TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON item_use, halls TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON precases TO banjie_app;
GRANT SELECT, INSERT ON endorsements_lifted TO banjie_app;
GRANT USAGE ON SEQUENCE precase_serial TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON meetings, site_visits, checklists TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON bookings, booking_slots, queue_days, queue_tickets, counter_sessions TO banjie_app;

-- Papers: what is known of a content, uploads under way, and what each party gave before. A word about an original stands.
GRANT SELECT, INSERT ON paper_files, library_papers, paper_verifications TO banjie_app;
GRANT UPDATE (scan, scanned_by, finding, thumbnail) ON paper_files TO banjie_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON uploads TO banjie_app;
GRANT UPDATE (name) ON library_papers TO banjie_app;
GRANT DELETE ON library_papers TO banjie_app;

-- Notices: what was planned is written by the platform; addresses, mutes and corrections under way are people's own.
GRANT SELECT, INSERT, UPDATE, DELETE ON notice_addresses, notice_mutes, correction_drafts TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON notice_deliveries, urges TO banjie_app;
GRANT SELECT, INSERT ON notice_rounds TO banjie_app;

-- Worklists: what officials wait for and keep for themselves, how lines are given out, who has a case open.
GRANT SELECT, INSERT, UPDATE, DELETE ON awaited, assignment_rules, assignment_shares, open_cases TO banjie_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views, desk_columns TO banjie_app;
GRANT SELECT, INSERT, DELETE ON opinion_templates TO banjie_app;
GRANT SELECT, DELETE ON posts_ended TO banjie_app;

-- Documents at the desk: seals and openings stand for ever; a published wording is only withdrawn, a package only finished.
GRANT SELECT, INSERT ON day_seals, document_openings TO banjie_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON document_wordings TO banjie_app;
GRANT SELECT, INSERT ON dossiers TO banjie_app;
GRANT UPDATE (sha256, size, members, made_at, trouble) ON dossiers TO banjie_app;
GRANT SELECT, INSERT, DELETE ON archive_waiting TO banjie_app;

-- Watching: when to look next is thrown away with the case; cards, orders, causes, incidents and findings are kept.
GRANT SELECT, INSERT, UPDATE, DELETE ON watch, card_calls TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON cards, orders, order_serials, delays, incidents, findings TO banjie_app;
GRANT SELECT, INSERT ON clock_acts, grades TO banjie_app;
GRANT SELECT, INSERT, DELETE ON probe_readings TO banjie_app;
GRANT SELECT, INSERT ON staff_notices TO banjie_app;
GRANT UPDATE (read_at) ON staff_notices TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON calendar_rounds TO banjie_app;

-- Staff: the sum of each official's history, her duty at windows, returned work, and what newcomers practise on.
GRANT SELECT, INSERT, UPDATE ON members, practices, rework_errors TO banjie_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON leaves, certifications, rosters TO banjie_app;

-- Figures: what was counted can be counted anew; a frozen board stands.
GRANT SELECT, INSERT, UPDATE, DELETE ON figure_cases, figure_sums, figure_stock TO banjie_app;
GRANT SELECT, INSERT ON figure_snapshots TO banjie_app;

-- Cases of elsewhere: what was told, and its sums.
GRANT SELECT, INSERT, UPDATE ON external_cases, external_sums, report_records, report_sums, flow_cases,
    flow_items, flow_edges, flow_stays, flow_kept TO banjie_app;

-- Sign-in, sessions and jobs belong to Django, allauth and procrastinate.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
               AND (tablename LIKE 'records\_%' OR tablename LIKE 'auth\_%' OR tablename LIKE 'django\_session'
                    OR tablename LIKE 'django\_content\_type' OR tablename LIKE 'account\_%'
                    OR tablename LIKE 'socialaccount\_%' OR tablename LIKE 'mfa\_%'
                    OR tablename LIKE 'procrastinate\_%') LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO banjie_app', one);
    END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
               AND (sequencename LIKE 'records\_%' OR sequencename LIKE 'auth\_%' OR sequencename LIKE 'account\_%'
                    OR sequencename LIKE 'socialaccount\_%' OR sequencename LIKE 'mfa\_%'
                    OR sequencename LIKE 'procrastinate\_%') LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %I TO banjie_app', one);
    END LOOP;
END $$;
