-- Who works on tickets of a department at a location: the same answer for owners, watchers, tasks of people and of teams, and notifications.
CREATE OR REPLACE FUNCTION works_on(of_user uuid, in_department uuid, at_location uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM app_user u WHERE u.id = of_user AND u.active AND (u.role = 'admin' OR (u.role = 'agent'
      AND EXISTS (SELECT 1 FROM user_department d WHERE d.user_id = u.id AND d.department_id = in_department)
      AND (NOT EXISTS (SELECT 1 FROM user_location p WHERE p.user_id = u.id) OR at_location = ANY(location_limit(u.id))))))
$$;
